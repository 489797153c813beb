// SPDX-License-Identifier: Apache-2.0
// absence: the sample in AssemblyScript; what it does is told in absence.rs.
import {
  argAt, bound, clear, lookup, metric, now, oldSetting, raise, raiseAt, reconfigure, setting, slot, slotOf, tick, ts, value,
} from "./vigil";
export { vigil_abi_v1, vigil_layout, vigil_init, vigil_slot, vigil_process } from "./vigil";

const HIGH: u32 = 1;
const SILENT: u32 = 2;
const HIGHEST: i32 = 1;
const LIMITS: i32 = 1;
/** Bytes of a slot of version 1: last and readings. */
const OLD_SLOT: u32 = 16;

export const STATE_VERSION: u32 = 2;

@unmanaged
export class Slot {
  /** Time of the last reading, ms; 0 when there was none. */
  last: i64;
  readings: u64;
  raised: u32;
  silent: u32;
}

const rowAt = memory.data(8, 8);

/** The row of a channel is one f64. */
function limitOf(slot: u32, otherwise: f64): f64 {
  return lookup(LIMITS, slot, rowAt, 8) == 8 ? load<f64>(rowAt) : otherwise;
}

export function onReading(s: Slot, row: u32): void {
  const v = value(row);
  s.last = ts(row);
  s.readings++;
  if (s.silent != 0) {
    s.silent = 0;
    clear(row, SILENT, <f64>s.readings, setting(3));
  }
  if (s.raised != 0 && v < setting(2)) {
    s.raised = 0;
    clear(row, HIGH, v, setting(2));
  } else if (s.raised == 0 && v >= setting(2)) {
    const limit = limitOf(slotOf(row), setting(1));
    if (v >= limit) {
      s.raised = 1;
      raise(row, HIGH, 700, v, limit);
      metric(HIGHEST, v);
    }
  }
}

export function vigil_tick(): i32 {
  return tick((s: Slot, number: u32): void => {
    const seconds = <f64>(now() - s.last) / 1000.0;
    if (s.last != 0 && s.silent == 0 && seconds >= setting(3)) {
      s.silent = 1;
      raiseAt(number, SILENT, 400, seconds, setting(3));
    }
  });
}

export function vigil_migrate(version: i32, length: i32): i32 {
  if (version != 1 || length % OLD_SLOT != 0) return -3;
  const count = min<u32>(bound(), <u32>length / OLD_SLOT);
  for (let number: u32 = 0; number < count; number++) {
    slot(number).last = load<i64>(argAt + number * OLD_SLOT);
    slot(number).readings = load<u64>(argAt + number * OLD_SLOT, 8);
  }
  return 0;
}

export function vigil_reconfigure(length: i32): i32 {
  return reconfigure(length, (s: Slot): i32 => {
    if (setting(2) >= setting(1)) return -2;
    if (setting(1) != oldSetting(1)) s.raised = 0;
    return 0;
  });
}
