// @ID@: raises @CODE@_HIGH when a reading is at or above high, and @CODE@_RISE when the last 64 readings rise
// fast; clears when it is below low again.
//
//     (cd @ID@ && npm install assemblyscript@0.28.20)             the compiler, once
//     ./vigil policy build @ID@                                   compile
//     ./vigil policy run @ID@/@ID@.wasm --vectors @ID@/vectors.csv      test on the node's engine

import { Ring, clear, raise, setting, ts, value } from "./vigil";
export { vigil_abi_v1, vigil_layout, vigil_init, vigil_slot, vigil_process } from "./vigil";

const HIGH: u32 = 1;
const RISE: u32 = 2;

const SET_HIGH: u32 = 1;
const SET_LOW: u32 = 2;
const SET_RISE: u32 = 3;

/** As in the manifest; a change of Slot is a new one. */
export const STATE_VERSION: u32 = 1;

/** What the policy remembers of one channel: plain numbers only, with a Ring behind them. */
@unmanaged
export class Slot {
  /** The code that is raised; 0 when none. */
  raised: u64;

  // @ts-ignore: decorator
  @inline get ring(): Ring {
    return changetype<Ring>(changetype<usize>(this) + offsetof<Slot>());
  }
}

export function onReading(s: Slot, row: u32): void {
  const v = value(row);
  s.ring.push(ts(row), v);
  const rate = s.ring.ratePerMinute();
  if (s.raised == 0 && v >= setting(SET_HIGH)) {
    s.raised = HIGH;
    raise(row, HIGH, 700, v, setting(SET_HIGH));
  } else if (s.raised == 0 && s.ring.isFull() && rate >= setting(SET_RISE)) {
    s.raised = RISE;
    raise(row, RISE, 600, rate, setting(SET_RISE));
  } else if (s.raised != 0 && v < setting(SET_LOW) && rate < setting(SET_RISE)) {
    clear(row, <u32>s.raised, v, setting(SET_LOW));
    s.raised = 0;
  }
}
