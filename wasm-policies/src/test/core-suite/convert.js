// Turns the WebAssembly core test suite, as the spec's own interpreter wrote it in JavaScript (*.wast.js), into lines that
// need no JavaScript: the script of each file is evaluated with functions that write down what they are asked.
//
// node convert.js FOLDER OUT: one OUT/NAME.txt for each FOLDER/NAME.wast.js. Lines, fields separated by blanks:
//   module N HEX             instantiate with what is registered; its name is N
//   register NAME N          offer the exports of module N for import
//   ACTION N FIELD ARGS = RESULTS      call the export FIELD (a JSON string) of N; numbers as JavaScript writes them
//   ACTION-in N HEX FIELD    instantiate HEX, which can import from N by that name, and call its export FIELD
//     ACTION is one of return, trap, exhaustion, run; run: it returns, whatever it is (a wrapped call asserts inside)
//   get N FIELD = RESULT     read the exported global
//   refuse HEX               an invalid or malformed module
//   uninstantiable HEX       instantiation traps
'use strict';
const fs = require('fs');
const path = require('path');
const vm = require('vm');

function number(value) {
    return Object.is(value, -0) ? '-0' : String(value);
}

function hex(bytes) {
    return Buffer.from(bytes, 'latin1').toString('hex');
}

function convert(script) {
    const lines = [];
    let modules = 0;
    // An instance that is not the argument of a call becomes a module line as soon as it is made.
    function instance(bytes, imports) {
        if (imports) {
            return {wrapper: hex(bytes), from: imports.from, as: imports.as};
        }
        const made = {name: '$' + ++modules};
        lines.push(`module ${made.name} ${hex(bytes)}`);
        return made;
    }
    function action(kind, of, expected) {
        const {target, field, args, global} = of();
        const results = expected.length ? ' ' + expected.map(number).join(' ') : '';
        if (target.wrapper) {
            lines.push(`${kind}-in ${target.from.name} ${target.as} ${target.wrapper} ${JSON.stringify(field)}`);
        } else if (global) {
            lines.push(`get ${target.name} ${JSON.stringify(field)} =${results}`);
        } else {
            lines.push(`${kind} ${[target.name, JSON.stringify(field), ...args.map(number)].join(' ')} =${results}`);
        }
    }
    const context = {
        instance,
        call: (target, field, args) => ({target, field, args}),
        get: (target, field) => ({target, field, args: [], global: true}),
        exports: (as, from) => ({as, from}),
        register: (as, from) => lines.push(`register ${as} ${from.name}`),
        run: of => action('run', of, []),
        assert_return: (of, ...expected) => action('return', of, expected),
        assert_trap: of => action('trap', of, []),
        assert_exhaustion: of => action('exhaustion', of, []),
        assert_invalid: bytes => lines.push(`refuse ${hex(bytes)}`),
        assert_malformed: bytes => lines.push(`refuse ${hex(bytes)}`),
        assert_uninstantiable: bytes => lines.push(`uninstantiable ${hex(bytes)}`),
    };
    vm.runInNewContext(script, context);
    return lines.join('\n') + '\n';
}

const [folder, out] = process.argv.slice(2);
for (const file of fs.readdirSync(folder).filter(name => name.endsWith('.wast.js'))) {
    const text = convert(fs.readFileSync(path.join(folder, file), 'utf8'));
    fs.writeFileSync(path.join(out, file.replace('.wast.js', '.txt')), text);
}
