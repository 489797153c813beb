// SPDX-License-Identifier: Apache-2.0
// light: the sample policy in AssemblyScript; what it does is told in light.rs.
import { Ring, clear, raise, setting, ts, value } from "./vigil";
export { vigil_abi_v1, vigil_layout, vigil_init, vigil_slot, vigil_process } from "./vigil";

const HIGH: u32 = 1;
const RISE: u32 = 2;
const UNUSUAL: u32 = 3;
const SIGMA_MIN: f64 = 0.1;

export const STATE_VERSION: u32 = 1;

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
  const sigma = max<f64>(s.ring.sigma(), SIGMA_MIN);
  const away = (v - s.ring.mean()) / sigma;
  const unusual = s.ring.isFull() && away >= setting(4);
  s.ring.push(ts(row), v);
  const rate: f64 = s.ring.isFull() ? s.ring.ratePerMinute() : 0;
  if (s.raised == 0) {
    if (v >= setting(1)) {
      s.raised = HIGH;
      raise(row, HIGH, 700, v, setting(1));
    } else if (rate >= setting(3)) {
      s.raised = RISE;
      raise(row, RISE, 600, rate, setting(3));
    } else if (unusual) {
      s.raised = UNUSUAL;
      raise(row, UNUSUAL, 300, away, setting(4));
    }
  } else if (v <= setting(2) && rate < setting(3) && !unusual) {
    clear(row, <u32>s.raised, s.ring.mean(), setting(2));
    s.raised = 0;
  }
}
