// SPDX-License-Identifier: Apache-2.0
//! The Rust SDK of Vigil, one file: the memory regions of ABI v1 (wasm-policies/ABI.md), the exports
//! around them, and small building blocks (`Ring`, `Watch`, `Trend`, `sqrt`, `log10`, `log!`).
//!
//! A policy is one file beside it: `mod vigil;`, a `Slot` made of plain numbers (what it remembers of
//! one channel; all zero is its first state), `on_reading`, and `vigil::policy!`. No allocator, no
//! crates, Rust 1.63. The same file compiles natively, so `rustc --test policy.rs` tests a policy:
//! there `Out` keeps its records in a vector.
#![allow(dead_code, unused_macros, unused_imports)]

#[cfg(not(target_arch = "wasm32"))]
extern crate std;

/// Readings a call takes at most.
pub const IN_CAP: usize = 512;
/// Hazards a call can answer with: four a reading, so that none is ever dropped.
pub const OUT_CAP: usize = 4 * IN_CAP;
/// Channels one instance watches at most; also the bound of zone numbers.
pub const SLOTS: usize = 1024;
/// Settings a manifest can declare: keys 1..32.
pub const SETTINGS: usize = 32;

pub const QUALITY_BAD: u32 = 2;
pub const OK: i32 = 0;
pub const ERROR_CONFIG: i32 = -2;
pub const ERROR_STATE: i32 = -3;
pub const ERROR_INPUT: i32 = -4;
pub const ERROR_OVERFLOW: i32 = -5;
pub const ERROR_DENIED: i32 = -7;
pub const ERROR_NOT_FOUND: i32 = -9;

/// Ordinals of dev.vigil.sensor.Quantity.
pub const TEMPERATURE: u32 = 0;
pub const OBSCURATION: u32 = 1;
pub const CARBON_MONOXIDE: u32 = 2;

#[repr(C)]
pub struct Layout {
    pub magic: u32,
    pub size: u32,
    pub in_ptr: u32,
    pub in_cap: u32,
    pub out_ptr: u32,
    pub out_cap: u32,
    pub arg_ptr: u32,
    pub arg_cap: u32,
    pub state_ptr: u32,
    pub state_len: u32,
    pub state_ver: u32,
    pub cols: u32,
    pub out_dropped: u32,
    pub reserved: [u32; 3],
}

#[repr(C, align(8))]
pub struct Input {
    pub count: u32,
    pub flags: u32,
    pub now_ms: i64,
    pub first_seq: u64,
    pub cols: u32,
    pub cap: u32,
    pub ts: [i64; IN_CAP],
    pub val: [f64; IN_CAP],
    pub slot: [u32; IN_CAP],
    pub qual: [u32; IN_CAP],
}

/// The columns this SDK asks for: ts, val, slot, qual.
pub const COLUMNS: u32 = 0b1111;

#[repr(C, align(8))]
#[derive(Clone, Copy)]
pub struct Record {
    pub idx: u32,
    pub slot: u32,
    pub kind: u16,
    pub code: u16,
    pub severity: u32,
    pub score: f64,
    pub value: f64,
    pub limit: f64,
    pub ts: i64,
}

const NO_RECORD: Record =
    Record { idx: 0, slot: 0, kind: 0, code: 0, severity: 0, score: 0.0, value: 0.0, limit: 0.0, ts: 0 };

#[repr(C, align(8))]
pub struct Argument {
    pub bytes: [u8; 1024],
}

pub static mut INPUT: Input = Input {
    count: 0,
    flags: 0,
    now_ms: 0,
    first_seq: 0,
    cols: 0,
    cap: 0,
    ts: [0; IN_CAP],
    val: [0.0; IN_CAP],
    slot: [0; IN_CAP],
    qual: [0; IN_CAP],
};
pub static mut OUTPUT: [Record; OUT_CAP] = [NO_RECORD; OUT_CAP];
pub static mut ARGUMENT: Argument = Argument { bytes: [0; 1024] };
pub static mut LAYOUT: Layout = Layout {
    magic: 0x314C_4756,
    size: 64,
    in_ptr: 0,
    in_cap: IN_CAP as u32,
    out_ptr: 0,
    out_cap: OUT_CAP as u32,
    arg_ptr: 0,
    arg_cap: 1024,
    state_ptr: 0,
    state_len: 0,
    state_ver: 0,
    cols: COLUMNS,
    out_dropped: 0,
    reserved: [0; 3],
};

/// The arg region of a policy that takes over the state of older versions: `BYTES` of it at most.
#[repr(C, align(8))]
pub struct Old<const BYTES: usize> {
    pub bytes: [u8; BYTES],
}

/// Copies what the host wrote to an arg region of that kind to where settings and descriptors are read.
pub fn take_argument(from: &[u8]) {
    unsafe {
        let length = if from.len() < 1024 { from.len() } else { 1024 };
        ARGUMENT.bytes[..length].copy_from_slice(&from[..length]);
    }
}

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

/// `idx` of a finding that rests on no reading: what a tick finds.
pub const NOT_TIED: u32 = 0xFFFF_FFFF;

/// One reading as the policy sees it. `value` is finite; `ts` never goes back within a slot.
#[derive(Clone, Copy)]
pub struct Reading {
    pub idx: u32,
    pub slot: u32,
    pub ts: i64,
    pub value: f64,
    pub quality: u32,
}

/// Where a policy's findings go. Severity: below 250 minor, below 500 moderate, below 800 severe,
/// else extreme. `score` is what was compared with `limit`.
pub struct Out {
    pub written: usize,
    #[cfg(not(target_arch = "wasm32"))]
    pub records: std::vec::Vec<Record>,
}

impl Out {
    pub const fn new() -> Out {
        Out {
            written: 0,
            #[cfg(not(target_arch = "wasm32"))]
            records: std::vec::Vec::new(),
        }
    }

    pub fn raise(&mut self, r: &Reading, code: u16, severity: u32, score: f64, limit: f64) {
        self.push(r, 1, code, severity, score, limit);
    }

    pub fn update(&mut self, r: &Reading, code: u16, severity: u32, score: f64, limit: f64) {
        self.push(r, 2, code, severity, score, limit);
    }

    pub fn clear(&mut self, r: &Reading, code: u16, score: f64, limit: f64) {
        self.push(r, 3, code, 0, score, limit);
    }

    fn push(&mut self, r: &Reading, kind: u16, code: u16, severity: u32, score: f64, limit: f64) {
        let record = Record {
            idx: r.idx,
            slot: r.slot,
            kind,
            code,
            severity,
            score,
            value: r.value,
            limit,
            ts: r.ts,
        };
        self.write(record);
    }

    #[cfg(target_arch = "wasm32")]
    fn write(&mut self, record: Record) {
        unsafe {
            if self.written < OUT_CAP {
                OUTPUT[self.written] = record;
                self.written += 1;
            } else {
                LAYOUT.out_dropped += 1;
            }
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn write(&mut self, record: Record) {
        self.records.push(record);
        self.written += 1;
    }
}

/// The values of the manifest's settings, by key; the host has filled in defaults.
pub struct Settings {
    pub values: [f64; SETTINGS],
}

impl Settings {
    pub fn get(&self, key: usize) -> f64 {
        self.values[key]
    }

    /// Reads the flat TLV of `vigil_init`: u16 key, u16 type (1 = f64), u32 length (8), value.
    pub fn read(&mut self, length: i32) -> i32 {
        let length = length as usize;
        let bytes = unsafe { &ARGUMENT.bytes };
        if length > bytes.len() || length % 16 != 0 {
            return ERROR_CONFIG;
        }
        let mut at = 0;
        while at < length {
            let key = u16::from_le_bytes([bytes[at], bytes[at + 1]]) as usize;
            let kind = u16::from_le_bytes([bytes[at + 2], bytes[at + 3]]);
            if kind != 1 || key == 0 || key >= SETTINGS {
                return ERROR_CONFIG;
            }
            let mut value = [0u8; 8];
            value.copy_from_slice(&bytes[at + 8..at + 16]);
            self.values[key] = f64::from_le_bytes(value);
            at += 16;
        }
        OK
    }
}

/// What the host says of a slot when it binds it.
pub struct Descriptor {
    pub quantity: u32,
    pub zone: u32,
}

pub fn descriptor() -> Descriptor {
    let bytes = unsafe { &ARGUMENT.bytes };
    Descriptor {
        quantity: u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]),
        zone: u32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]),
    }
}

/// IDLE -> SUSPECT -> RAISED -> IDLE for one hazard code of one slot. Raised after `confirm`
/// readings in a row are `on`; cleared when readings have been `calm` for `hold_ms` without a break.
/// A reading that is neither ends a suspicion and restarts the hold. Missing readings clear nothing.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Watch {
    raised: u32,
    suspect: u32,
    calm: u32,
    spare: u32,
    calm_since: i64,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Change {
    None,
    Raise,
    Clear,
}

impl Watch {
    pub const NEW: Watch = Watch { raised: 0, suspect: 0, calm: 0, spare: 0, calm_since: 0 };

    pub fn is_raised(&self) -> bool {
        self.raised != 0
    }

    pub fn step(&mut self, ts: i64, on: bool, calm: bool, confirm: u32, hold_ms: i64) -> Change {
        if self.raised == 0 {
            if !on {
                self.suspect = 0;
                return Change::None;
            }
            self.suspect += 1;
            if self.suspect < confirm {
                return Change::None;
            }
            *self = Watch { raised: 1, ..Watch::NEW };
            return Change::Raise;
        }
        if !calm {
            self.calm = 0;
            return Change::None;
        }
        if self.calm == 0 {
            self.calm = 1;
            self.calm_since = ts;
        }
        if ts - self.calm_since < hold_ms {
            return Change::None;
        }
        *self = Watch::NEW;
        Change::Clear
    }
}

const BINS: usize = 32;

/// Slope of the least-squares line through the readings of a sliding window. Readings are averaged
/// in bins of a thirtieth of the window, so that memory stays bounded at any sampling rate. The
/// sums are kept up as bins come and go, and made anew every 32 bins, so that work is O(1) a reading
/// and rounding can't pile up.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Trend {
    next: u32,
    filled: u32,
    added: u32,
    spare: u32,
    open_since: i64,
    open_count: f64,
    /// Sums over the open bin of (ts - open_since), ms, and of values.
    open_ts: f64,
    open_value: f64,
    /// What the sums over closed bins are relative to, so that nothing cancels.
    origin_ts: f64,
    origin_value: f64,
    sum_t: f64,
    sum_v: f64,
    sum_tt: f64,
    sum_tv: f64,
    ts: [f64; BINS],
    value: [f64; BINS],
}

impl Trend {
    pub const NEW: Trend = Trend {
        next: 0,
        filled: 0,
        added: 0,
        spare: 0,
        open_since: 0,
        open_count: 0.0,
        open_ts: 0.0,
        open_value: 0.0,
        origin_ts: 0.0,
        origin_value: 0.0,
        sum_t: 0.0,
        sum_v: 0.0,
        sum_tt: 0.0,
        sum_tv: 0.0,
        ts: [0.0; BINS],
        value: [0.0; BINS],
    };

    /// Takes a reading and returns the slope per minute, always finite; 0 until readings span half
    /// the window. A value beyond +-1e9 is taken as that, so that no sum overflows.
    pub fn push(&mut self, ts: i64, value: f64, window_ms: f64) -> f64 {
        let value = value.max(-1e9).min(1e9);
        if self.open_count > 0.0 && (ts - self.open_since) as f64 >= window_ms / 30.0 {
            self.close();
        }
        if self.open_count == 0.0 {
            self.open_since = ts;
            self.open_ts = 0.0;
            self.open_value = 0.0;
        }
        self.open_count += 1.0;
        self.open_ts += (ts - self.open_since) as f64;
        self.open_value += value;
        while self.filled > 0 && ts as f64 - self.ts[self.oldest()] > window_ms {
            self.drop_oldest();
        }
        self.slope(window_ms)
    }

    fn close(&mut self) {
        if self.filled == BINS as u32 {
            self.drop_oldest();
        }
        let at = self.next as usize % BINS;
        self.ts[at] = self.open_since as f64 + self.open_ts / self.open_count;
        self.value[at] = self.open_value / self.open_count;
        self.next = (at as u32 + 1) % BINS as u32;
        self.filled += 1;
        self.added += 1;
        self.open_count = 0.0;
        if self.filled == 1 || self.added >= BINS as u32 {
            self.sum_anew(at);
        } else {
            self.sum(at, 1.0);
        }
    }

    fn oldest(&self) -> usize {
        (self.next + BINS as u32 - self.filled) as usize % BINS
    }

    fn drop_oldest(&mut self) {
        let at = self.oldest();
        self.sum(at, -1.0);
        self.filled -= 1;
    }

    fn sum(&mut self, at: usize, sign: f64) {
        let t = self.ts[at] - self.origin_ts;
        let v = self.value[at] - self.origin_value;
        self.sum_t += sign * t;
        self.sum_v += sign * v;
        self.sum_tt += sign * t * t;
        self.sum_tv += sign * t * v;
    }

    fn sum_anew(&mut self, newest: usize) {
        self.added = 0;
        self.origin_ts = self.ts[newest];
        self.origin_value = self.value[newest];
        self.sum_t = 0.0;
        self.sum_v = 0.0;
        self.sum_tt = 0.0;
        self.sum_tv = 0.0;
        let mut k = 0;
        while k < self.filled {
            self.sum((self.oldest() + k as usize) % BINS, 1.0);
            k += 1;
        }
    }

    fn slope(&self, window_ms: f64) -> f64 {
        if self.filled < 2 {
            return 0.0;
        }
        let open_ts = self.open_since as f64 + self.open_ts / self.open_count;
        if open_ts - self.ts[self.oldest()] < window_ms / 2.0 {
            return 0.0;
        }
        let t = open_ts - self.origin_ts;
        let v = self.open_value / self.open_count - self.origin_value;
        let n = self.filled as f64 + 1.0;
        let st = self.sum_t + t;
        let sv = self.sum_v + v;
        let spread = n * (self.sum_tt + t * t) - st * st;
        if spread <= 0.0 {
            return 0.0;
        }
        (n * (self.sum_tv + t * v) - st * sv) / spread * 60_000.0
    }
}

/// The last `N` readings of a channel with running sums over them, so that mean and sigma are O(1).
/// The sums are made anew each time round, so that rounding can't pile up.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Ring<const N: usize> {
    next: u32,
    filled: u32,
    sum: f64,
    squares: f64,
    ts: [i64; N],
    value: [f64; N],
}

impl<const N: usize> Ring<N> {
    pub const NEW: Ring<N> =
        Ring { next: 0, filled: 0, sum: 0.0, squares: 0.0, ts: [0; N], value: [0.0; N] };

    /// Takes a reading in the place of the oldest. A value beyond +-1e9 is taken as that, so that no
    /// sum overflows.
    pub fn push(&mut self, ts: i64, value: f64) {
        let value = if value > 1e9 {
            1e9
        } else if value < -1e9 {
            -1e9
        } else {
            value
        };
        let at = self.next as usize % N;
        if self.filled as usize == N {
            let old = self.value[at];
            self.sum -= old;
            self.squares -= old * old;
        } else {
            self.filled += 1;
        }
        self.ts[at] = ts;
        self.value[at] = value;
        self.sum += value;
        self.squares += value * value;
        self.next = at as u32 + 1;
        if self.next as usize == N {
            self.next = 0;
            self.sum_anew();
        }
    }

    fn sum_anew(&mut self) {
        self.sum = 0.0;
        self.squares = 0.0;
        for value in self.value.iter() {
            self.sum += *value;
            self.squares += *value * *value;
        }
    }

    pub fn len(&self) -> usize {
        self.filled as usize
    }

    pub fn is_full(&self) -> bool {
        self.filled as usize == N
    }

    /// The `k`-th oldest reading, 0 the oldest; of those there are.
    pub fn get(&self, k: usize) -> (i64, f64) {
        let at = (self.next as usize + N - self.filled as usize + k) % N;
        (self.ts[at], self.value[at])
    }

    /// How fast the value has risen from the oldest reading to the newest, per minute; 0 while they
    /// have the same time.
    pub fn rate_per_minute(&self) -> f64 {
        if self.filled < 2 {
            return 0.0;
        }
        let newest = (self.next as usize + N - 1) % N;
        let oldest = (self.next as usize + N - self.filled as usize) % N;
        let span = self.ts[newest] - self.ts[oldest];
        if span <= 0 {
            return 0.0;
        }
        (self.value[newest] - self.value[oldest]) * 60_000.0 / span as f64
    }

    /// 0 while there are none.
    pub fn mean(&self) -> f64 {
        if self.filled == 0 {
            0.0
        } else {
            self.sum / self.filled as f64
        }
    }

    /// Standard deviation of the readings held; 0 while there are none.
    pub fn sigma(&self) -> f64 {
        if self.filled == 0 {
            return 0.0;
        }
        let n = self.filled as f64;
        let mean = self.sum / n;
        let variance = self.squares / n - mean * mean;
        if variance > 0.0 {
            sqrt(variance)
        } else {
            0.0
        }
    }
}

extern "C" {
    #[link_name = "sqrt"]
    fn any_sqrt(x: f64) -> f64;
}

/// Square root, correctly rounded: in a module one instruction, `f64.sqrt`.
pub fn sqrt(x: f64) -> f64 {
    unsafe { any_sqrt(x) }
}

/// The same in software, bit by bit. `policy!` exports it as `sqrt`: Rust 1.63 has no other way to
/// `f64.sqrt` without std, but LLVM puts that instruction in the place of a call to a function of this
/// name that reads and writes nothing. The result is the same either way.
pub fn sqrt_in_software(x: f64) -> f64 {
    if x == 0.0 || x == f64::INFINITY {
        return x;
    }
    if !(x > 0.0) {
        return f64::NAN;
    }
    let bits = x.to_bits();
    let mut exponent = (bits >> 52) as i64 - 1023;
    let mut rest = bits & 0x000f_ffff_ffff_ffff;
    if exponent == -1023 {
        exponent += 1;
        while rest >> 52 == 0 {
            rest <<= 1;
            exponent -= 1;
        }
    } else {
        rest |= 1 << 52;
    }
    if exponent & 1 != 0 {
        rest <<= 1;
    }
    rest <<= 1;
    let mut sum = 0u64;
    let mut root = 0u64;
    let mut bit = 1u64 << 53;
    while bit != 0 {
        let trial = sum + bit;
        if trial <= rest {
            sum = trial + bit;
            rest -= trial;
            root += bit;
        }
        rest <<= 1;
        bit >>= 1;
    }
    if rest != 0 {
        root += root & 1;
    }
    f64::from_bits((root >> 1) + ((((exponent >> 1) + 1022) as u64) << 52))
}

extern "C" {
    #[link_name = "log10"]
    fn libm_log10(x: f64) -> f64;
}

/// Base-10 logarithm: the musl code of compiler_builtins, inside the module, so the same everywhere.
pub fn log10(x: f64) -> f64 {
    unsafe { libm_log10(x) }
}

#[cfg(target_arch = "wasm32")]
mod host {
    #[link(wasm_import_module = "vigil1")]
    extern "C" {
        pub fn log(level: i32, text: *const u8, length: i32);
        pub fn abort(code: i32, text: *const u8, length: i32);
        pub fn metric(id: i32, value: f64);
        pub fn lookup(table: i32, key: i64, row: *mut u8, room: i32) -> i32;
    }
}

/// Tells a number by an id of the manifest's `metrics`, which also asks for the capability `metric`. The
/// value is finite.
#[cfg(target_arch = "wasm32")]
pub fn metric(id: i32, value: f64) {
    unsafe { host::metric(id, value) }
}

#[cfg(not(target_arch = "wasm32"))]
pub fn metric(id: i32, value: f64) {
    std::eprintln!("metric {} {}", id, value);
}

/// Copies a row of a reference table, by an id of the manifest's `lookups`, and answers its length:
/// `ERROR_NOT_FOUND` there is none, `ERROR_DENIED` the table is not given, `ERROR_OVERFLOW` it is longer
/// than `row`. Natively there are no tables.
#[cfg(target_arch = "wasm32")]
pub fn lookup(table: i32, key: i64, row: &mut [u8]) -> Result<usize, i32> {
    let length = unsafe { host::lookup(table, key, row.as_mut_ptr(), row.len() as i32) };
    if length < 0 {
        Err(length)
    } else {
        Ok(length as usize)
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub fn lookup(_: i32, _: i64, _: &mut [u8]) -> Result<usize, i32> {
    Err(ERROR_NOT_FOUND)
}

pub const DEBUG: i32 = 0;
pub const INFO: i32 = 1;
pub const WARNING: i32 = 2;

/// A line for the node's log, up to 256 bytes; ten a minute reach it.
#[cfg(target_arch = "wasm32")]
pub fn log(level: i32, text: &str) {
    unsafe { host::log(level, text.as_ptr(), text.len() as i32) }
}

#[cfg(not(target_arch = "wasm32"))]
pub fn log(level: i32, text: &str) {
    std::eprintln!("{} {}", level, text);
}

/// Ends the call as a failure of the policy, with this text of up to 256 bytes.
#[cfg(target_arch = "wasm32")]
pub fn abort(code: i32, text: &str) -> ! {
    unsafe { host::abort(code, text.as_ptr(), text.len() as i32) };
    core::arch::wasm32::unreachable()
}

#[cfg(not(target_arch = "wasm32"))]
pub fn abort(code: i32, text: &str) -> ! {
    panic!("{} {}", code, text)
}

/// The exports of ABI v1 around a policy. The short form is for a policy that judges each channel by
/// itself:
///
/// ```text
/// vigil::policy! {
///     slot: Slot,                       // plain numbers; Slot::NEW is its first state, best all zero
///     state_version: 1,                 // as in the manifest
///     settings: Config { high: 1 },     // struct Config { high: f64 }, from the settings by key
///     on_reading: on_reading,           // fn(&mut Slot, &Config, &Reading, &mut Out)
///     on_tick: on_tick,                 // optional: the same, for each bound channel, `value` 0
///     old_bytes: 16 * 1024,             // optional, both: the most an older version's state can have, and
///     on_migrate: on_migrate,           // fn(version: u32, old: &[u8], &mut [Slot]) -> i32 to read it
///     on_reconfigure: on_reconfigure,   // optional: fn(&mut Slot, old: &Config, new: &Config) -> i32
/// }
/// ```
///
/// `on_migrate` gets the slots that are bound; `on_reconfigure` is asked for each of them when settings
/// change while the policy runs. An answer other than `OK` refuses: the state, or the settings.
///
/// The long form takes a `state` that ends with `[Slot; SLOTS]` (so that only what is bound need be
/// saved), its `first` value, `configure(&Settings) -> Config`, `bind(&mut State, slot,
/// Option<Descriptor>) -> i32` and `on_reading(&mut State, &Config, &Reading, &mut Out)`. It writes
/// `vigil_tick`, `vigil_migrate` (with `old_bytes`; the bytes are in `VIGIL_OLD`) and `vigil_reconfigure`
/// itself.
macro_rules! policy {
    (
        slot: $slot:ty,
        state_version: $version:expr,
        settings: $config:ident { $($name:ident: $key:expr),+ $(,)? },
        on_reading: $on_reading:path
        $(, on_tick: $on_tick:path)?
        $(, old_bytes: $old_bytes:expr, on_migrate: $on_migrate:path)?
        $(, on_reconfigure: $on_reconfigure:path)? $(,)?
    ) => {
        pub struct $config {
            $(pub $name: f64,)+
        }

        #[repr(C)]
        pub struct VigilState {
            slots: [$slot; vigil::SLOTS],
        }

        fn vigil_configure(settings: &vigil::Settings) -> $config {
            $config { $($name: settings.get($key),)+ }
        }

        fn vigil_bind(state: &mut VigilState, slot: usize, _: Option<vigil::Descriptor>) -> i32 {
            state.slots[slot] = <$slot>::NEW;
            vigil::OK
        }

        #[inline(always)]
        fn vigil_on_reading(
            state: &mut VigilState,
            config: &$config,
            reading: &vigil::Reading,
            out: &mut vigil::Out,
        ) {
            $on_reading(&mut state.slots[reading.slot as usize], config, reading, out)
        }

        $(
            #[no_mangle]
            pub extern "C" fn vigil_tick() -> i32 {
                let mut out = vigil::Out::new();
                unsafe {
                    let config = match &CONFIG {
                        Some(config) => config,
                        None => return vigil::ERROR_CONFIG,
                    };
                    let bound = vigil::LAYOUT.state_len as usize / core::mem::size_of::<$slot>();
                    for slot in 0..bound {
                        let now = vigil::Reading {
                            idx: vigil::NOT_TIED,
                            slot: slot as u32,
                            ts: vigil::INPUT.now_ms,
                            value: 0.0,
                            quality: 0,
                        };
                        $on_tick(&mut STATE.slots[slot], config, &now, &mut out);
                    }
                }
                out.written as i32
            }
        )?

        $(
            #[no_mangle]
            pub extern "C" fn vigil_migrate(old_version: i32, length: i32) -> i32 {
                if length < 0 || length as usize > $old_bytes {
                    return vigil::ERROR_STATE;
                }
                unsafe {
                    let bound = vigil::LAYOUT.state_len as usize / core::mem::size_of::<$slot>();
                    let old = &VIGIL_OLD.bytes[..length as usize];
                    $on_migrate(old_version as u32, old, &mut STATE.slots[..bound])
                }
            }
        )?

        $(
            #[no_mangle]
            pub extern "C" fn vigil_reconfigure(length: i32) -> i32 {
                let mut settings = vigil::Settings { values: [0.0; vigil::SETTINGS] };
                vigil_take_argument();
                let outcome = settings.read(length);
                if outcome != vigil::OK {
                    return outcome;
                }
                let new = vigil_configure(&settings);
                unsafe {
                    let old = match &CONFIG {
                        Some(config) => config,
                        None => return vigil::ERROR_CONFIG,
                    };
                    let bound = vigil::LAYOUT.state_len as usize / core::mem::size_of::<$slot>();
                    for slot in STATE.slots[..bound].iter_mut() {
                        let outcome = $on_reconfigure(slot, old, &new);
                        if outcome != vigil::OK {
                            return outcome;
                        }
                    }
                    CONFIG = Some(new);
                }
                vigil::OK
            }
        )?

        #[cfg(target_arch = "wasm32")]
        #[export_name = "sqrt"]
        #[inline(never)]
        pub extern "C" fn vigil_sqrt(x: f64) -> f64 {
            vigil::sqrt_in_software(x)
        }

        vigil::policy! {
            state: VigilState,
            slot: $slot,
            first: VigilState { slots: [<$slot>::NEW; vigil::SLOTS] },
            state_version: $version,
            config: $config,
            configure: vigil_configure,
            bind: vigil_bind,
            on_reading: vigil_on_reading
            $(, old_bytes: $old_bytes)?
        }
    };
    (
        state: $state:ty,
        slot: $slot:ty,
        first: $first:expr,
        state_version: $version:expr,
        config: $config:ty,
        configure: $configure:path,
        bind: $bind:path,
        on_reading: $on_reading:path
        $(, old_bytes: $old_bytes:expr)? $(,)?
    ) => {
        static mut STATE: $state = $first;
        static mut CONFIG: Option<$config> = None;
        $(static mut VIGIL_OLD: vigil::Old<{ $old_bytes }> = vigil::Old { bytes: [0; $old_bytes] };)?

        #[inline(always)]
        fn vigil_take_argument() {
            $(unsafe {
                let _: usize = $old_bytes;
                vigil::take_argument(&VIGIL_OLD.bytes);
            })?
        }

        #[no_mangle]
        pub extern "C" fn vigil_abi_v1() -> i32 {
            0
        }

        #[no_mangle]
        pub extern "C" fn vigil_layout() -> i32 {
            unsafe {
                vigil::LAYOUT.in_ptr = &vigil::INPUT as *const _ as u32;
                vigil::LAYOUT.out_ptr = &vigil::OUTPUT as *const _ as u32;
                vigil::LAYOUT.arg_ptr = &vigil::ARGUMENT as *const _ as u32;
                $(
                    vigil::LAYOUT.arg_ptr = &VIGIL_OLD as *const _ as u32;
                    vigil::LAYOUT.arg_cap = ($old_bytes) as u32;
                )?
                vigil::LAYOUT.state_ptr = &STATE as *const _ as u32;
                vigil::LAYOUT.state_len = core::mem::size_of::<$state>() as u32;
                vigil::LAYOUT.state_ver = $version;
                &vigil::LAYOUT as *const _ as i32
            }
        }

        #[no_mangle]
        pub extern "C" fn vigil_init(length: i32) -> i32 {
            let mut settings = vigil::Settings { values: [0.0; vigil::SETTINGS] };
            vigil_take_argument();
            let outcome = settings.read(length);
            if outcome == vigil::OK {
                unsafe { CONFIG = Some($configure(&settings)) };
            }
            outcome
        }

        #[no_mangle]
        pub extern "C" fn vigil_slot(slot: i32, event: i32) -> i32 {
            if slot < 0 || slot as usize >= vigil::SLOTS {
                return vigil::ERROR_OVERFLOW;
            }
            vigil_take_argument();
            let bound = if event == 1 { Some(vigil::descriptor()) } else { None };
            unsafe {
                let unused = vigil::SLOTS - 1 - slot as usize;
                let length = core::mem::size_of::<$state>() - unused * core::mem::size_of::<$slot>();
                if event == 1 && (slot == 0 || length as u32 > vigil::LAYOUT.state_len) {
                    vigil::LAYOUT.state_len = length as u32;
                }
                $bind(&mut STATE, slot as usize, bound)
            }
        }

        #[no_mangle]
        pub extern "C" fn vigil_process(n: i32) -> i32 {
            if n < 0 || n as usize > vigil::IN_CAP {
                return vigil::ERROR_INPUT;
            }
            let mut out = vigil::Out::new();
            unsafe {
                let config = match &CONFIG {
                    Some(config) => config,
                    None => return vigil::ERROR_CONFIG,
                };
                for i in 0..n as usize {
                    let slot = vigil::INPUT.slot[i];
                    if slot as usize >= vigil::SLOTS {
                        return vigil::ERROR_INPUT;
                    }
                    let reading = vigil::Reading {
                        idx: i as u32,
                        slot,
                        ts: vigil::INPUT.ts[i],
                        value: vigil::INPUT.val[i],
                        quality: vigil::INPUT.qual[i],
                    };
                    if reading.quality < vigil::QUALITY_BAD {
                        $on_reading(&mut STATE, config, &reading, &mut out);
                    }
                }
            }
            out.written as i32
        }
    };
}
pub(crate) use policy;
