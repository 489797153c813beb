//! @ID@: raises @CODE@_HIGH when a reading is at or above `high`, and @CODE@_RISE when the last 64 readings
//! rise fast; clears when it is below `low` again.
//!
//!     ./vigil policy build @ID@                                   compile
//!     ./vigil policy run @ID@/@ID@.wasm --vectors @ID@/vectors.csv      test on the node's engine
//!     rustc --test @ID@/policy.rs && ./policy                     the tests below, natively
#![cfg_attr(target_arch = "wasm32", no_std)]

mod vigil;

use vigil::{Out, Reading, Ring};

const HIGH: u16 = 1;
const RISE: u16 = 2;

/// What the policy remembers of one channel: plain numbers only. It survives restarts, so a change of
/// it is a new state version.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Slot {
    ring: Ring<64>,
    /// The code that is raised; 0 when none.
    raised: u64,
}

impl Slot {
    pub const NEW: Slot = Slot { ring: Ring::NEW, raised: 0 };
}

vigil::policy! {
    slot: Slot,
    state_version: 1,
    settings: Config { high: 1, low: 2, rise: 3 },
    on_reading: on_reading,
}

pub fn on_reading(s: &mut Slot, c: &Config, r: &Reading, out: &mut Out) {
    s.ring.push(r.ts, r.value);
    let rate = s.ring.rate_per_minute();
    if s.raised == 0 && r.value >= c.high {
        s.raised = HIGH as u64;
        out.raise(r, HIGH, 700, r.value, c.high);
    } else if s.raised == 0 && s.ring.is_full() && rate >= c.rise {
        s.raised = RISE as u64;
        out.raise(r, RISE, 600, rate, c.rise);
    } else if s.raised != 0 && r.value < c.low && rate < c.rise {
        out.clear(r, s.raised as u16, r.value, c.low);
        s.raised = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raises_at_high_and_clears_below_low() {
        let config = Config { high: 60.0, low: 50.0, rise: 8.0 };
        let (mut slot, mut out) = (Slot::NEW, Out::new());
        for (second, value) in [59.9, 60.0, 61.0, 50.0, 49.9].iter().enumerate() {
            let ts = 1000 * second as i64;
            let reading = Reading { idx: 0, slot: 0, ts, value: *value, quality: 0 };
            on_reading(&mut slot, &config, &reading, &mut out);
        }
        let said: Vec<_> = out.records.iter().map(|r| (r.kind, r.code, r.ts)).collect();
        assert_eq!(said, [(1, HIGH, 1000), (3, HIGH, 4000)]);
    }
}
