// V8 for FuzzV8: for each line on stdin (a module in base64, and the calls) the trace of its execution, ended by a dot.
// A call is NAME/RESULT/TYPE:BITS,... and '-' a result that is not there; bits in hex. NaNs lose their bits in JavaScript.
'use strict';
const fs = require('fs');

const view = new DataView(new ArrayBuffer(8));

function value(type, bits) {
    const wide = BigInt('0x' + bits);
    switch (type) {
        case 'i32': return Number(BigInt.asIntN(32, wide));
        case 'i64': return BigInt.asIntN(64, wide);
        case 'f32': view.setUint32(0, Number(wide)); return view.getFloat32(0);
        default: view.setBigUint64(0, wide); return view.getFloat64(0);
    }
}

function text(type, value) {
    switch (type) {
        case 'i32': return 'i32 ' + (value >>> 0).toString(16);
        case 'i64': return 'i64 ' + BigInt.asUintN(64, value).toString(16);
        case 'f32':
            if (Number.isNaN(value)) return 'f32 nan';
            view.setFloat32(0, value);
            return 'f32 ' + view.getUint32(0).toString(16);
        default:
            if (Number.isNaN(value)) return 'f64 nan';
            view.setFloat64(0, value);
            return 'f64 ' + view.getBigUint64(0).toString(16);
    }
}

const TRAPS = [
    [/unreachable/, 'UNREACHABLE'],
    [/divide by zero|remainder by zero/, 'DIVIDE_BY_ZERO'],
    [/unrepresentable/, 'UNREPRESENTABLE'],
    [/memory access out of bounds/, 'MEMORY'],
    [/table index is out of bounds/, 'TABLE_INDEX'],
    [/signature mismatch|null function/, 'TABLE_TYPE'],
    [/call stack/, 'STACK'],
];

function trap(error) {
    const known = TRAPS.find(([pattern]) => pattern.test(error.message));
    return '! ' + (known ? known[1] : error);
}

let table;
function crc32(bytes) {
    if (!table) {
        table = new Int32Array(256).map((_, n) => {
            for (let bit = 0; bit < 8; bit++) n = n & 1 ? n >>> 1 ^ 0xEDB88320 : n >>> 1;
            return n;
        });
    }
    let crc = -1;
    for (let i = 0; i < bytes.length; i++) crc = crc >>> 8 ^ table[(crc ^ bytes[i]) & 0xFF];
    return ((crc ^ -1) >>> 0).toString(16);
}
const crc = require('zlib').crc32 ? bytes => require('zlib').crc32(bytes).toString(16) : crc32;

function run(line) {
    const [wasm, fuel, ...calls] = line.split(' ');
    const trace = [];
    const log = type => value => trace.push('log ' + text(type, value));
    const support = {};
    for (const type of ['i32', 'i64', 'f32', 'f64']) support['log-' + type] = log(type);
    let exports;
    try {
        const module = new WebAssembly.Module(Buffer.from(wasm, 'base64'));
        exports = new WebAssembly.Instance(module, {'fuzzing-support': support}).exports;
    } catch (error) {
        return ['not instantiated: ' + error.message];
    }
    const globals = Object.keys(exports).filter(name => name.startsWith('global '));
    const metered = name => exports[name];
    for (const call of calls) {
        const [name, result, list] = call.split('/');
        const args = list ? list.split(',').map(arg => value(...arg.split(':'))) : [];
        metered('meter fuel').value = BigInt(fuel);
        metered('meter depth').value = 0;
        trace.push('call ' + call);
        try {
            const answer = exports[name](...args);
            trace.push(result === '-' ? '=' : '= ' + text(result, answer));
            trace.push('fuel ' + metered('meter fuel').value);
        } catch (error) {
            const stopped = metered('meter fuel').value < 0n ? '! FUEL ' + metered('meter fuel').value
                : metered('meter depth').value > 256 ? '! STACK' : trap(error);
            trace.push(stopped);
        }
        trace.push('memory ' + crc(new Uint8Array(exports.memory.buffer)));
    }
    for (const name of globals) {
        trace.push(name + ' ' + text(name.slice(-3), exports[name].value));
    }
    return trace;
}

// One request at a time: what is read is up to the end of a line.
const chunk = Buffer.alloc(1 << 16);
let pending = '';
let modules = 0;
for (;;) {
    const end = pending.indexOf('\n');
    if (end < 0) {
        const count = fs.readSync(0, chunk, 0, chunk.length, null);
        if (count === 0) break;
        pending += chunk.toString('latin1', 0, count);
        continue;
    }
    const line = pending.slice(0, end);
    pending = pending.slice(end + 1);
    fs.writeSync(1, run(line).join('\n') + '\n.\n');
    // Each memory reserves gigabytes of addresses until it is collected.
    if (++modules % 100 === 0) global.gc();
}
