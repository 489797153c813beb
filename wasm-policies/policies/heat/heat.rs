// SPDX-License-Identifier: Apache-2.0
//! `heat`: point heat detection, EN 54-5 class A1R (static and rate of rise) with a pre-warning.
//!
//! Static alarm at 57 degC, rate-of-rise alarm at 8.3 K/min (15 degF/min) from 35 degC on, so that
//! an ideal sensor answers inside every window of EN 54-5:2000, table 4 (class A1) at 1 to 30 K/min:
//! the test of vectors.csv. Each channel is judged by itself.
#![no_std]

#[path = "../../sdk/rust/vigil.rs"]
mod vigil;

use vigil::{Change, Descriptor, Out, Reading, Settings, Trend, Watch};

#[link_section = "vigil.manifest"]
#[used]
pub static MANIFEST: [u8; include_bytes!("manifest.json").len()] = *include_bytes!("manifest.json");

const PREWARNING: u16 = 1;
const ALARM: u16 = 2;
const RISE: u16 = 3;

#[repr(C)]
#[derive(Clone, Copy)]
struct Slot {
    trend: Trend,
    prewarning: Watch,
    alarm: Watch,
    rise: Watch,
    extreme: u64,
}

#[repr(C)]
pub struct State {
    slots: [Slot; vigil::SLOTS],
}

const NEW: Slot =
    Slot { trend: Trend::NEW, prewarning: Watch::NEW, alarm: Watch::NEW, rise: Watch::NEW, extreme: 0 };

pub struct Config {
    alarm_temperature: f64,
    alarm_rise: f64,
    rise_min_temperature: f64,
    prewarning_temperature: f64,
    prewarning_rise: f64,
    extreme_temperature: f64,
    hysteresis: f64,
    window_ms: f64,
    clear_hold_ms: i64,
}

fn configure(s: &Settings) -> Config {
    Config {
        alarm_temperature: s.get(1),
        alarm_rise: s.get(2),
        rise_min_temperature: s.get(3),
        prewarning_temperature: s.get(4),
        prewarning_rise: s.get(5),
        extreme_temperature: s.get(6),
        hysteresis: s.get(7),
        window_ms: s.get(8) * 1000.0,
        clear_hold_ms: (s.get(9) * 1000.0) as i64,
    }
}

fn bind(state: &mut State, slot: usize, _: Option<Descriptor>) -> i32 {
    state.slots[slot] = NEW;
    vigil::OK
}

fn on_reading(state: &mut State, c: &Config, r: &Reading, out: &mut Out) {
    let s = &mut state.slots[r.slot as usize];
    let t = r.value;
    let slope = s.trend.push(r.ts, t, c.window_ms);
    let warm = t >= c.rise_min_temperature;

    let by_rise = warm && slope >= c.prewarning_rise;
    let on = t >= c.prewarning_temperature || by_rise;
    let calm = t < c.prewarning_temperature - c.hysteresis && slope < c.prewarning_rise;
    match s.prewarning.step(r.ts, on, calm, 1, c.clear_hold_ms) {
        Change::Raise if t >= c.prewarning_temperature => {
            out.raise(r, PREWARNING, 200, t, c.prewarning_temperature)
        }
        Change::Raise => out.raise(r, PREWARNING, 200, slope, c.prewarning_rise),
        Change::Clear => out.clear(r, PREWARNING, t, c.prewarning_temperature - c.hysteresis),
        Change::None => {}
    }

    let on = warm && slope >= c.alarm_rise;
    // A fire that has stopped growing is no all-clear: the rise alarm stays until it is cool, too.
    let calm = slope < c.prewarning_rise && t < c.prewarning_temperature;
    match s.rise.step(r.ts, on, calm, 1, c.clear_hold_ms) {
        Change::Raise => out.raise(r, RISE, 700, slope, c.alarm_rise),
        Change::Clear => out.clear(r, RISE, slope, c.prewarning_rise),
        Change::None => {}
    }

    let calm = t < c.alarm_temperature - c.hysteresis;
    match s.alarm.step(r.ts, t >= c.alarm_temperature, calm, 1, c.clear_hold_ms) {
        Change::Raise => out.raise(r, ALARM, 700, t, c.alarm_temperature),
        Change::Clear => {
            s.extreme = 0;
            out.clear(r, ALARM, t, c.alarm_temperature - c.hysteresis);
        }
        Change::None => {}
    }
    if s.alarm.is_raised() && s.extreme == 0 && t >= c.extreme_temperature {
        s.extreme = 1;
        out.update(r, ALARM, 900, t, c.extreme_temperature);
    }
}

vigil::policy! {
    state: State,
    slot: Slot,
    first: State { slots: [NEW; vigil::SLOTS] },
    state_version: 1,
    config: Config,
    configure: configure,
    bind: bind,
    on_reading: on_reading,
}
