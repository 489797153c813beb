// SPDX-License-Identifier: Apache-2.0
//! `least-squares`: the sample that works hard. With every reading it fits a line through the last 64
//! readings of the channel, by sums over all of them, and alarms on its slope.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[path = "../../rust/vigil.rs"]
mod vigil;

use vigil::{Out, Reading, Ring};

const RISE: u16 = 1;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Slot {
    ring: Ring<64>,
    raised: u64,
}

impl Slot {
    pub const NEW: Slot = Slot { ring: Ring::NEW, raised: 0 };
}

vigil::policy! {
    slot: Slot,
    state_version: 1,
    settings: Config { rise: 1, calm: 2 },
    on_reading: on_reading,
}

/// Per minute; 0 while the readings held have one time.
fn slope(ring: &Ring<64>) -> f64 {
    let (first_ts, first_value) = ring.get(0);
    let n = ring.len() as f64;
    let (mut st, mut sv, mut stt, mut stv) = (0.0, 0.0, 0.0, 0.0);
    for k in 0..ring.len() {
        let (ts, value) = ring.get(k);
        let t = (ts - first_ts) as f64;
        let v = value - first_value;
        st += t;
        sv += v;
        stt += t * t;
        stv += t * v;
    }
    let spread = n * stt - st * st;
    if spread > 0.0 {
        (n * stv - st * sv) / spread * 60_000.0
    } else {
        0.0
    }
}

pub fn on_reading(s: &mut Slot, c: &Config, r: &Reading, out: &mut Out) {
    s.ring.push(r.ts, r.value);
    let slope = slope(&s.ring);
    if s.raised == 0 && s.ring.is_full() && slope >= c.rise {
        s.raised = 1;
        out.raise(r, RISE, 600, slope, c.rise);
    } else if s.raised != 0 && slope < c.calm {
        s.raised = 0;
        out.clear(r, RISE, slope, c.calm);
    }
}
