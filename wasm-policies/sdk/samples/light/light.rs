// SPDX-License-Identifier: Apache-2.0
//! `light`: the sample policy, the same in Rust, C, AssemblyScript and Java (LightInJava). Of each
//! channel it keeps 64 readings and alarms when the value is high, rises fast, or leaves what the
//! last 64 readings say is usual; it clears with hysteresis.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[path = "../../rust/vigil.rs"]
mod vigil;

use vigil::{Out, Reading, Ring};

const HIGH: u16 = 1;
const RISE: u16 = 2;
const UNUSUAL: u16 = 3;
/// Noise below this is none: without it the first change after 64 equal readings would be unusual.
const SIGMA_MIN: f64 = 0.1;

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
    settings: Config { high: 1, low: 2, rise: 3, sigmas: 4 },
    on_reading: on_reading,
}

pub fn on_reading(s: &mut Slot, c: &Config, r: &Reading, out: &mut Out) {
    let sigma = s.ring.sigma();
    let sigma = if sigma > SIGMA_MIN { sigma } else { SIGMA_MIN };
    let away = (r.value - s.ring.mean()) / sigma;
    let unusual = s.ring.is_full() && away >= c.sigmas;
    s.ring.push(r.ts, r.value);
    let rate = if s.ring.is_full() { s.ring.rate_per_minute() } else { 0.0 };
    if s.raised == 0 {
        if r.value >= c.high {
            s.raised = HIGH as u64;
            out.raise(r, HIGH, 700, r.value, c.high);
        } else if rate >= c.rise {
            s.raised = RISE as u64;
            out.raise(r, RISE, 600, rate, c.rise);
        } else if unusual {
            s.raised = UNUSUAL as u64;
            out.raise(r, UNUSUAL, 300, away, c.sigmas);
        }
    } else if r.value <= c.low && rate < c.rise && !unusual {
        out.clear(r, s.raised as u16, s.ring.mean(), c.low);
        s.raised = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raises_when_high_and_clears_when_low() {
        let config = Config { high: 60.0, low: 40.0, rise: 1e6, sigmas: 1e6 };
        let (mut slot, mut out) = (Slot::NEW, Out::new());
        for (second, value) in [20.0, 59.0, 60.0, 80.0, 41.0, 40.0].iter().enumerate() {
            let ts = 1000 * second as i64;
            let reading = Reading { idx: 0, slot: 0, ts, value: *value, quality: 0 };
            on_reading(&mut slot, &config, &reading, &mut out);
        }
        let said: Vec<_> = out.records.iter().map(|r| (r.kind, r.code, r.ts)).collect();
        assert_eq!(said, [(1, HIGH, 2000), (3, HIGH, 5000)]);
    }

    #[test]
    fn sqrt_in_software_is_the_square_root() {
        let mut bits = 88_172_645_463_325_252u64;
        for _ in 0..1_000_000 {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            let x = f64::from_bits(bits & !(1 << 63));
            if !x.is_nan() {
                assert_eq!(vigil::sqrt_in_software(x).to_bits(), x.sqrt().to_bits(), "{:e}", x);
            }
        }
    }
}
