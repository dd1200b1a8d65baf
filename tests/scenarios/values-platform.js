// Objects of the platform around the language: Node's buffers and contexts,
// Intl, WebAssembly, modules. Compiled in blocks, as values-newer.js is.

//# buffers
add('bufferFrom', Buffer.from('buffer from text'));
add('bufferSlice', Buffer.from('a slice of a buffer').slice(2, 7));
add('bufferLarge', Buffer.alloc(20000, 'large'));
add('bufferEmpty', Buffer.alloc(0));

//# contexts
var vm = require('vm');
var sandbox = vm.createContext({ inSandbox: [1, 'two'] });
add('contextObject', sandbox);
add('contextArray', vm.runInContext('[1, [2], "three"]', sandbox));
add('contextMap', vm.runInContext('new Map([["of", "another context"]])', sandbox));
add('contextError', vm.runInContext('new TypeError("of another context")', sandbox));
add('contextFunction', vm.runInContext('(function foreign() {})', sandbox));
add('contextGlobal', note(vm.runInContext('this', sandbox), {
  instead: function () { return { t: 'global' }; }
}));
add('vmScript', kit.named(new vm.Script('1'), 'Script'));

//# the global object
add('globalObject', global);

//# internationalization
add('intlDates', kit.named(new Intl.DateTimeFormat('en'), 'DateTimeFormat'));
add('intlNumbers', kit.named(new Intl.NumberFormat('en'), 'NumberFormat'));
add('intlCollator', kit.named(new Intl.Collator('en'), 'Collator'));

//# internationalization since Node 12
add('intlPlural', kit.named(new Intl.PluralRules('en'), 'PluralRules'));
add('intlRelative', kit.named(new Intl.RelativeTimeFormat('en'), 'RelativeTimeFormat'));

//# WebAssembly
var empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
var module = new WebAssembly.Module(empty);
add('wasmModule', kit.named(module, 'Module'));
add('wasmInstance', kit.named(new WebAssembly.Instance(module), 'Instance'));
// V8 reserves 10 GB for it, and debuggers write all of that into a core; the
// kernel leaves out what was never used.
if (kit.end === 'abort') {
  add('wasmMemory', kit.named(new WebAssembly.Memory({ initial: 1 }), 'Memory'));
}
add('wasmTable', kit.named(new WebAssembly.Table({ initial: 1, element: 'anyfunc' }), 'Table'));

//# events
var EventEmitter = require('events');
var emitter = new EventEmitter();
emitter.on('ready', function onReady() {});
add('emitter', emitter);

//# modules
var loaded;
try {
  loaded = require('./values-module.mjs');
} catch (error) {
  throw new TypeError('modules are loaded later: ' + error.message);
}
add('namespace', loaded);
