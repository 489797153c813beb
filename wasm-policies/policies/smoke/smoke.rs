// SPDX-License-Identifier: Apache-2.0
//! `smoke`: point smoke detection by light obscuration, fused with heat and carbon monoxide of the
//! same zone.
//!
//! Readings are obscuration per metre, 0..1. Optical density per metre is OD = -log10(1 - obsc)
//! (EN 54-7, annex; 1 dB/m = 0.1 OD/m). The alarm threshold is on OD minus a baseline that follows
//! the sensor's drift by at most one threshold a day, so that a slow fire (EN 54-7:2000, 4.8, from
//! memory: a quarter of the threshold an hour and more) is never compensated away.
#![no_std]

#[path = "../../sdk/rust/vigil.rs"]
mod vigil;

use vigil::{Change, Descriptor, Out, Reading, Settings, Trend, Watch};

#[link_section = "vigil.manifest"]
#[used]
pub static MANIFEST: [u8; include_bytes!("manifest.json").len()] = *include_bytes!("manifest.json");

const PREWARNING: u16 = 1;
const ALARM: u16 = 2;

const DAY_MS: f64 = 86_400_000.0;
/// Drift is compensated up to this share of the threshold (EN 54-7:2000, 4.8, from memory: 1.6 A in all).
const DRIFT_SHARE: f64 = 0.6;
/// The baseline may fall this much faster than it rises: too low errs towards an alarm.
const DRIFT_DOWN: f64 = 24.0;
/// A reading of more than this is taken as this: 1 - 1e-6 of the light lost over one metre.
const DENSITY_MAX: f64 = 6.0;

#[repr(C)]
#[derive(Clone, Copy)]
struct Slot {
    quantity: u32,
    zone: u32,
    trend: Trend,
    baseline: f64,
    seen: u64,
    seen_at: i64,
    prewarning: Watch,
    alarm: Watch,
    extreme: u64,
}

/// What heat and gas in a zone say: the threshold is lowered up to and including this time.
#[repr(C)]
#[derive(Clone, Copy)]
struct Zone {
    suspicious: u64,
    until: i64,
}

#[repr(C)]
pub struct State {
    zones: [Zone; vigil::SLOTS],
    slots: [Slot; vigil::SLOTS],
}

const NEW: Slot = Slot {
    quantity: 0,
    zone: 0,
    trend: Trend::NEW,
    baseline: 0.0,
    seen: 0,
    seen_at: 0,
    prewarning: Watch::NEW,
    alarm: Watch::NEW,
    extreme: 0,
};
const QUIET: Zone = Zone { suspicious: 0, until: 0 };

pub struct Config {
    alarm_density: f64,
    prewarning_density: f64,
    extreme_density: f64,
    fused_share: f64,
    fusion_heat_rise: f64,
    fusion_co_rise: f64,
    fusion_hold_ms: i64,
    confirm: u32,
    window_ms: f64,
    clear_hold_ms: i64,
}

fn configure(s: &Settings) -> Config {
    Config {
        alarm_density: s.get(1),
        prewarning_density: s.get(2),
        extreme_density: s.get(3),
        fused_share: s.get(4),
        fusion_heat_rise: s.get(5),
        fusion_co_rise: s.get(6) * 1e-6,
        fusion_hold_ms: (s.get(7) * 1000.0) as i64,
        confirm: s.get(8) as u32,
        window_ms: s.get(9) * 1000.0,
        clear_hold_ms: (s.get(10) * 1000.0) as i64,
    }
}

fn bind(state: &mut State, slot: usize, descriptor: Option<Descriptor>) -> i32 {
    state.slots[slot] = NEW;
    if let Some(d) = descriptor {
        if d.zone as usize >= vigil::SLOTS {
            return vigil::ERROR_OVERFLOW;
        }
        state.slots[slot].quantity = d.quantity;
        state.slots[slot].zone = d.zone;
    }
    vigil::OK
}

fn on_reading(state: &mut State, c: &Config, r: &Reading, out: &mut Out) {
    let s = &mut state.slots[r.slot as usize];
    let zone = &mut state.zones[s.zone as usize];
    match s.quantity {
        vigil::OBSCURATION => on_obscuration(s, zone, c, r, out),
        vigil::TEMPERATURE => suspect(s, zone, c, r, c.fusion_heat_rise),
        vigil::CARBON_MONOXIDE => suspect(s, zone, c, r, c.fusion_co_rise),
        _ => {}
    }
}

fn suspect(s: &mut Slot, zone: &mut Zone, c: &Config, r: &Reading, rise: f64) {
    if s.trend.push(r.ts, r.value, c.window_ms) >= rise {
        let until = r.ts + c.fusion_hold_ms;
        if zone.suspicious == 0 || until > zone.until {
            *zone = Zone { suspicious: 1, until };
        }
    }
}

fn density(obscuration: f64) -> f64 {
    let passed = 1.0 - obscuration;
    if passed <= 1e-6 {
        DENSITY_MAX
    } else {
        -vigil::log10(passed)
    }
}

fn follow_drift(s: &mut Slot, c: &Config, r: &Reading, od: f64) {
    if s.seen != 0 {
        let day = c.alarm_density * (r.ts - s.seen_at) as f64 / DAY_MS;
        let step = (od - s.baseline).max(-DRIFT_DOWN * day).min(day);
        let most = DRIFT_SHARE * c.alarm_density;
        s.baseline = (s.baseline + step).max(-most).min(most);
    }
    s.seen = 1;
    s.seen_at = r.ts;
}

fn on_obscuration(s: &mut Slot, zone: &Zone, c: &Config, r: &Reading, out: &mut Out) {
    let od = density(r.value);
    // Smoke is no drift: while something is raised the baseline stands still.
    if s.alarm.is_raised() || s.prewarning.is_raised() {
        s.seen_at = r.ts;
    } else {
        follow_drift(s, c, r, od);
    }
    let smoke = od - s.baseline;
    let fused = zone.suspicious != 0 && r.ts <= zone.until;
    let share = if fused { c.fused_share } else { 1.0 };

    let limit = c.prewarning_density * share;
    match s.prewarning.step(r.ts, smoke >= limit, smoke < limit * 0.5, c.confirm, c.clear_hold_ms) {
        Change::Raise => out.raise(r, PREWARNING, 200, smoke, limit),
        Change::Clear => out.clear(r, PREWARNING, smoke, limit * 0.5),
        Change::None => {}
    }

    let limit = c.alarm_density * share;
    match s.alarm.step(r.ts, smoke >= limit, smoke < limit * 0.5, c.confirm, c.clear_hold_ms) {
        Change::Raise => out.raise(r, ALARM, 700, smoke, limit),
        Change::Clear => {
            s.extreme = 0;
            out.clear(r, ALARM, smoke, limit * 0.5);
        }
        Change::None => {}
    }
    if s.alarm.is_raised() && s.extreme == 0 && smoke >= c.extreme_density {
        s.extreme = 1;
        out.update(r, ALARM, 900, smoke, c.extreme_density);
    }
}

vigil::policy! {
    state: State,
    slot: Slot,
    first: State { zones: [QUIET; vigil::SLOTS], slots: [NEW; vigil::SLOTS] },
    state_version: 1,
    config: Config,
    configure: configure,
    bind: bind,
    on_reading: on_reading,
}
