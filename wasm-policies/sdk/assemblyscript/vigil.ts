// SPDX-License-Identifier: Apache-2.0
//
// The AssemblyScript SDK of Vigil, one file: the memory regions of ABI v1 (wasm-policies/ABI.md) and the
// exports around them. A policy is one file, policy.ts, beside it; it exports `Slot` (what it remembers
// of one channel: an @unmanaged class of numbers and one Ring at its end), `STATE_VERSION`, `onReading`,
// and everything of this file: `export * from "./vigil"`.
//
// No objects are made: all memory is static, and what survives is the state region. No closures, arrays
// or strings in the hot path; `--runtime stub` has no garbage collection.

import { Slot, STATE_VERSION, onReading } from "./policy";

/** Readings a call takes, hazards it can answer with, channels, settings (keys 1 to 31). */
export const IN_CAP: u32 = 512;
const OUT_CAP: u32 = 2048;
const SLOTS: u32 = 1024;
const SETTINGS: u32 = 32;
const RECORD: u32 = 48;
/** Also the most an older version's state can have, for vigil_migrate. */
export const ARGUMENT: u32 = 32768;
const COLUMNS_AT: u32 = 32;
const RING_SIZE: u32 = 64;

const layoutAt = memory.data(64, 8);
const inAt = memory.data(12320, 8); // 32 + 512 * (8 + 8 + 4 + 4)
const outAt = memory.data(98304, 8);
/** The arg region: the older version's state while vigil_migrate runs. */
export const argAt = memory.data(32768, 8);
const settingsAt = memory.data(256, 8);
const oldSettingsAt = memory.data(256, 8);
const stateAt = memory.data(1114112, 8); // 1024 * 1088: Slot with its ring has at most 1088 bytes

/** What the host offers; each a capability the manifest asks for. lookup answers a length or an error below 0. */
// @ts-ignore: decorator
@external("vigil1", "metric") export declare function metric(id: i32, value: f64): void;
// @ts-ignore: decorator
@external("vigil1", "lookup") export declare function lookup(table: i32, key: i64, row: usize, room: i32): i32;

const NOT_TIED: u32 = 0xffffffff;

let written: u32 = 0;

// @ts-ignore: decorator
@inline function slotBytes(): u32 {
  return offsetof<Slot>() + offsetof<Ring>() + 16 * RING_SIZE;
}

// @ts-ignore: decorator
@inline function slotAt(slot: u32): usize {
  return stateAt + slot * slotBytes();
}

/** How many slots are bound, and the memory of one. */
export function bound(): u32 {
  return load<u32>(layoutAt, 36) / slotBytes();
}

export function slot(number: u32): Slot {
  return changetype<Slot>(slotAt(number));
}

/** The value of a setting of the manifest, by key; the host has filled in defaults. */
// @ts-ignore: decorator
@inline export function setting(key: u32): f64 {
  return load<f64>(settingsAt + (key << 3));
}

/** One reading, by its row in the call. The value is finite; ts, in ms, never goes back within a slot. */
// @ts-ignore: decorator
@inline export function ts(row: u32): i64 {
  return load<i64>(inAt + COLUMNS_AT + (row << 3));
}

// @ts-ignore: decorator
@inline export function value(row: u32): f64 {
  return load<f64>(inAt + COLUMNS_AT + 8 * IN_CAP + (row << 3));
}

// @ts-ignore: decorator
@inline export function slotOf(row: u32): u32 {
  return load<u32>(inAt + COLUMNS_AT + 16 * IN_CAP + (row << 2));
}

/** 0 good, 1 uncertain. */
// @ts-ignore: decorator
@inline export function quality(row: u32): u32 {
  return load<u32>(inAt + COLUMNS_AT + 20 * IN_CAP + (row << 2));
}

function push(row: u32, kind: u32, code: u32, severity: u32, score: f64, limit: f64): void {
  write(row, slotOf(row), kind, code, severity, score, value(row), limit, ts(row));
}

function write(
  row: u32, slot: u32, kind: u32, code: u32, severity: u32, score: f64, value: f64, limit: f64, ts: i64,
): void {
  if (written >= OUT_CAP) {
    store<u32>(layoutAt, load<u32>(layoutAt, 48) + 1, 48);
    return;
  }
  const at = outAt + written * RECORD;
  store<u32>(at, row);
  store<u32>(at, slot, 4);
  store<u16>(at, <u16>kind, 8);
  store<u16>(at, <u16>code, 10);
  store<u32>(at, severity, 12);
  store<f64>(at, score, 16);
  store<f64>(at, value, 24);
  store<f64>(at, limit, 32);
  store<i64>(at, ts, 40);
  written++;
}

/** Severity: below 250 minor, below 500 moderate, below 800 severe, else extreme. */
export function raise(row: u32, code: u32, severity: u32, score: f64, limit: f64): void {
  push(row, 1, code, severity, score, limit);
}

export function update(row: u32, code: u32, severity: u32, score: f64, limit: f64): void {
  push(row, 2, code, severity, score, limit);
}

export function clear(row: u32, code: u32, score: f64, limit: f64): void {
  push(row, 3, code, 0, score, limit);
}

/** A hazard of a tick: it is tied to no reading. */
export function raiseAt(slot: u32, code: u32, severity: u32, score: f64, limit: f64): void {
  write(NOT_TIED, slot, 1, code, severity, score, 0, limit, now());
}

export function clearAt(slot: u32, code: u32, score: f64, limit: f64): void {
  write(NOT_TIED, slot, 3, code, 0, score, 0, limit, now());
}

/** The time of the call, ms: the only clock. */
// @ts-ignore: decorator
@inline export function now(): i64 {
  return load<i64>(inAt, 8);
}

/**
 * What a policy's vigil_tick answers: each bound slot is asked. Export it in policy.ts as
 * `export function vigil_tick(): i32 { return tick(onTick); }`.
 */
export function tick(each: (s: Slot, number: u32) => void): i32 {
  written = 0;
  const count = bound();
  for (let number: u32 = 0; number < count; number++) each(slot(number), number);
  return written;
}

/**
 * What a policy's vigil_reconfigure answers: the settings are the new ones, oldSetting() has the old; each
 * bound slot is asked, and refuses with an answer other than 0.
 */
export function reconfigure(length: i32, each: (s: Slot) => i32): i32 {
  memory.copy(oldSettingsAt, settingsAt, 8 * SETTINGS);
  let outcome = vigil_init(length);
  const count = bound();
  for (let number: u32 = 0; outcome == 0 && number < count; number++) outcome = each(slot(number));
  return outcome;
}

// @ts-ignore: decorator
@inline export function oldSetting(key: u32): f64 {
  return load<f64>(oldSettingsAt + (key << 3));
}

/**
 * The last 64 readings of a channel with running sums, made anew each time round. It stands at the end
 * of Slot; its readings follow it in memory: first 64 times, then 64 values.
 */
@unmanaged
export class Ring {
  next: u32;
  filled: u32;
  sum: f64;
  squares: f64;

  // @ts-ignore: decorator
  @inline private tsAt(i: u32): usize {
    return changetype<usize>(this) + offsetof<Ring>() + (i << 3);
  }

  // @ts-ignore: decorator
  @inline private valueAt(i: u32): usize {
    return changetype<usize>(this) + offsetof<Ring>() + 8 * RING_SIZE + (i << 3);
  }

  /** A value beyond +-1e9 is taken as that, so that no sum overflows. */
  push(ts: i64, given: f64): void {
    const v: f64 = given > 1e9 ? 1e9 : given < -1e9 ? -1e9 : given;
    const at = this.next % RING_SIZE;
    if (this.filled == RING_SIZE) {
      const old = load<f64>(this.valueAt(at));
      this.sum -= old;
      this.squares -= old * old;
    } else {
      this.filled++;
    }
    store<i64>(this.tsAt(at), ts);
    store<f64>(this.valueAt(at), v);
    this.sum += v;
    this.squares += v * v;
    this.next = at + 1;
    if (this.next == RING_SIZE) {
      this.next = 0;
      this.sum = 0;
      this.squares = 0;
      for (let i: u32 = 0; i < RING_SIZE; i++) {
        const each = load<f64>(this.valueAt(i));
        this.sum += each;
        this.squares += each * each;
      }
    }
  }

  // @ts-ignore: decorator
  @inline isFull(): bool {
    return this.filled == RING_SIZE;
  }

  /** From the oldest reading to the newest, per minute; 0 while they have the same time. */
  ratePerMinute(): f64 {
    if (this.filled < 2) return 0;
    const newest = (this.next + RING_SIZE - 1) % RING_SIZE;
    const oldest = (this.next + RING_SIZE - this.filled) % RING_SIZE;
    const span = load<i64>(this.tsAt(newest)) - load<i64>(this.tsAt(oldest));
    if (span <= 0) return 0;
    return ((load<f64>(this.valueAt(newest)) - load<f64>(this.valueAt(oldest))) * 60000.0) / <f64>span;
  }

  mean(): f64 {
    return this.filled == 0 ? 0 : this.sum / <f64>this.filled;
  }

  /** Standard deviation of the readings held; 0 while there are none. */
  sigma(): f64 {
    if (this.filled == 0) return 0;
    const n = <f64>this.filled;
    const mean = this.sum / n;
    const variance = this.squares / n - mean * mean;
    return variance > 0 ? Math.sqrt(variance) : 0;
  }
}

export function vigil_abi_v1(): i32 {
  return 0;
}

export function vigil_layout(): i32 {
  store<u32>(layoutAt, 0x314c4756);
  store<u32>(layoutAt, 64, 4);
  store<u32>(layoutAt, <u32>inAt, 8);
  store<u32>(layoutAt, IN_CAP, 12);
  store<u32>(layoutAt, <u32>outAt, 16);
  store<u32>(layoutAt, OUT_CAP, 20);
  store<u32>(layoutAt, <u32>argAt, 24);
  store<u32>(layoutAt, ARGUMENT, 28);
  store<u32>(layoutAt, <u32>stateAt, 32);
  store<u32>(layoutAt, SLOTS * slotBytes(), 36);
  store<u32>(layoutAt, STATE_VERSION, 40);
  store<u32>(layoutAt, 0xf, 44); // ts, val, slot, qual
  return <i32>layoutAt;
}

/** Flat TLV: u16 key, u16 type (1 = f64), u32 length (8), value. */
export function vigil_init(length: i32): i32 {
  if (length < 0 || <u32>length > ARGUMENT || length % 16 != 0) return -2;
  for (let at = argAt; at < argAt + length; at += 16) {
    const key: u32 = load<u16>(at);
    if (load<u16>(at, 2) != 1 || key == 0 || key >= SETTINGS) return -2;
    store<f64>(settingsAt + (key << 3), load<f64>(at, 8));
  }
  return 0;
}

export function vigil_slot(slot: i32, event: i32): i32 {
  if (slot < 0 || <u32>slot >= SLOTS) return -5;
  const used = <u32>(slot + 1) * slotBytes();
  if (event == 1 && (slot == 0 || used > load<u32>(layoutAt, 36))) store<u32>(layoutAt, used, 36);
  memory.fill(slotAt(slot), 0, slotBytes());
  return 0;
}

export function vigil_process(n: i32): i32 {
  if (n < 0 || <u32>n > IN_CAP) return -4;
  written = 0;
  for (let row: u32 = 0; row < <u32>n; row++) {
    const slot = slotOf(row);
    if (slot >= SLOTS) return -4;
    if (quality(row) < 2) onReading(changetype<Slot>(slotAt(slot)), row);
  }
  return written;
}
