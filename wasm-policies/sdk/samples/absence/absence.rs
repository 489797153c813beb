// SPDX-License-Identifier: Apache-2.0
//! `absence`: the sample of what a policy can do besides judging readings, the same in Rust, C and
//! AssemblyScript. It alarms when a channel is silent (a tick), when a value reaches the limit of its
//! channel in a reference table, or the site's (a look-up), and tells the highest such value (a metric).
//! Its state is version 2 and is made of version 1's, and it takes new settings without starting anew.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[path = "../../rust/vigil.rs"]
mod vigil;

use vigil::{Out, Reading};

const HIGH: u16 = 1;
const SILENT: u16 = 2;
const HIGHEST: i32 = 1;
const LIMITS: i32 = 1;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Slot {
    /// Time of the last reading, ms; 0 when there was none.
    last: i64,
    readings: u64,
    raised: u32,
    silent: u32,
}

impl Slot {
    pub const NEW: Slot = Slot { last: 0, readings: 0, raised: 0, silent: 0 };
}

/// Version 1 had the first two fields only.
const OLD_SLOT: usize = 16;

vigil::policy! {
    slot: Slot,
    state_version: 2,
    settings: Config { high: 1, low: 2, silence: 3 },
    on_reading: on_reading,
    on_tick: on_tick,
    old_bytes: 16 * 1024,
    on_migrate: on_migrate,
    on_reconfigure: on_reconfigure,
}

/// The row of a channel is one f64.
fn limit_of(slot: u32, otherwise: f64) -> f64 {
    let mut row = [0u8; 8];
    match vigil::lookup(LIMITS, slot as i64, &mut row) {
        Ok(8) => f64::from_le_bytes(row),
        _ => otherwise,
    }
}

pub fn on_reading(s: &mut Slot, c: &Config, r: &Reading, out: &mut Out) {
    s.last = r.ts;
    s.readings += 1;
    if s.silent != 0 {
        s.silent = 0;
        out.clear(r, SILENT, s.readings as f64, c.silence);
    }
    if s.raised != 0 && r.value < c.low {
        s.raised = 0;
        out.clear(r, HIGH, r.value, c.low);
    } else if s.raised == 0 && r.value >= c.low {
        let limit = limit_of(r.slot, c.high);
        if r.value >= limit {
            s.raised = 1;
            out.raise(r, HIGH, 700, r.value, limit);
            vigil::metric(HIGHEST, r.value);
        }
    }
}

pub fn on_tick(s: &mut Slot, c: &Config, now: &Reading, out: &mut Out) {
    let seconds = (now.ts - s.last) as f64 / 1000.0;
    if s.last != 0 && s.silent == 0 && seconds >= c.silence {
        s.silent = 1;
        out.raise(now, SILENT, 400, seconds, c.silence);
    }
}

pub fn on_migrate(version: u32, old: &[u8], slots: &mut [Slot]) -> i32 {
    if version != 1 || old.len() % OLD_SLOT != 0 {
        return vigil::ERROR_STATE;
    }
    for (slot, bytes) in slots.iter_mut().zip(old.chunks_exact(OLD_SLOT)) {
        let mut word = [0u8; 8];
        word.copy_from_slice(&bytes[..8]);
        slot.last = i64::from_le_bytes(word);
        word.copy_from_slice(&bytes[8..]);
        slot.readings = u64::from_le_bytes(word);
    }
    vigil::OK
}

/// No manifest can say that `low` is below `high`. What was raised by another limit is judged anew.
pub fn on_reconfigure(s: &mut Slot, old: &Config, new: &Config) -> i32 {
    if new.low >= new.high {
        return vigil::ERROR_CONFIG;
    }
    if new.high != old.high {
        s.raised = 0;
    }
    vigil::OK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_channel_is_told_once_and_cleared_by_the_next_reading() {
        let config = Config { high: 60.0, low: 50.0, silence: 5.0 };
        let (mut slot, mut out) = (Slot::NEW, Out::new());
        let at = |ts| Reading { idx: 0, slot: 0, ts, value: 20.0, quality: 0 };
        on_reading(&mut slot, &config, &at(1000), &mut out);
        for second in 2..9 {
            on_tick(&mut slot, &config, &at(1000 * second), &mut out);
        }
        on_reading(&mut slot, &config, &at(9000), &mut out);
        let said: Vec<_> = out.records.iter().map(|r| (r.kind, r.code, r.ts)).collect();
        assert_eq!(said, [(1, SILENT, 6000), (3, SILENT, 9000)]);
    }
}
