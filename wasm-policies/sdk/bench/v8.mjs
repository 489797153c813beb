// SPDX-License-Identifier: Apache-2.0
// What a reading costs in V8, for ./vigil policy bench: node v8.mjs MODULE VALUES MILLIS NAME KEY=VALUE,... QUANTITY...
// The same readings in the same rounds as BenchReadings; the rows are written and the policy is called.
import { readFileSync } from "node:fs";

const [module, valuesFile, millis, name, settings, ...quantities] = process.argv.slice(2);
const CHANNELS = 256;
const ROUNDS = 512;
const raw = readFileSync(valuesFile);
const values = new Float64Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
const { instance } = await WebAssembly.instantiate(readFileSync(module), {
  vigil1: { log() {}, metric() {}, lookup: () => -6, abort() { throw new Error("abort"); } },
});
const policy = instance.exports;
const memory = new DataView(policy.memory.buffer);
const layout = policy.vigil_layout();
const word = (index) => memory.getUint32(layout + 4 * index, true);
const [inAt, inCap, argAt] = [word(2), word(3), word(6)];
const round8 = (n) => (n + 7) & ~7;
const tsAt = inAt + 32;
const valAt = tsAt + 8 * inCap;
const slotAt = valAt + 8 * inCap;
const qualAt = slotAt + round8(4 * inCap);

let length = 0;
for (const setting of settings.split(",").filter((s) => s)) {
  const [key, value] = setting.split("=");
  memory.setUint16(argAt + length, Number(key), true);
  memory.setUint16(argAt + length + 2, 1, true);
  memory.setUint32(argAt + length + 4, 8, true);
  memory.setFloat64(argAt + length + 8, Number(value), true);
  length += 16;
}
const must = (answer) => {
  if (answer < 0) throw new Error(`the policy answered ${answer}`);
  return answer;
};
must(policy.vigil_init(length));
for (let slot = 0; slot < CHANNELS; slot++) {
  memory.setUint32(argAt, slot, true);
  memory.setUint32(argAt + 4, Number(quantities[slot % quantities.length]), true);
  memory.setUint32(argAt + 8, slot >> 2, true);
  memory.setUint32(argAt + 12, 0, true);
  must(policy.vigil_slot(slot, 1));
}

function judge(round) {
  const now = BigInt(1767225600000 + round * 100);
  const before = process.hrtime.bigint();
  memory.setUint32(inAt, CHANNELS, true);
  memory.setUint32(inAt + 4, 0, true);
  memory.setBigInt64(inAt + 8, now, true);
  memory.setBigUint64(inAt + 16, BigInt(round * CHANNELS), true);
  memory.setUint32(inAt + 24, 0xf, true);
  memory.setUint32(inAt + 28, inCap, true);
  for (let i = 0; i < CHANNELS; i++) {
    memory.setBigInt64(tsAt + 8 * i, now, true);
    memory.setFloat64(valAt + 8 * i, values[(round % ROUNDS) * CHANNELS + i], true);
    memory.setUint32(slotAt + 4 * i, i, true);
    memory.setUint32(qualAt + 4 * i, 0, true);
  }
  const hazards = must(policy.vigil_process(CHANNELS));
  return [hazards, Number(process.hrtime.bigint() - before)];
}

let round = 0;
let hazards = 0;
while (round < ROUNDS) hazards += judge(round++)[0];
const slices = [];
for (let all = 0; all < 2 * Number(millis) * 1e6; ) {
  let nanos = 0;
  const from = round;
  while (nanos < 2e6) nanos += judge(round++)[1];
  if (all >= Number(millis) * 1e6 || slices.length === 0) slices.push(nanos / (round - from) / CHANNELS);
  all += nanos;
}
slices.sort((a, b) => a - b);
console.log(`figure ${name} v8 ${slices[slices.length >> 2].toFixed(2)} ${hazards}`);
