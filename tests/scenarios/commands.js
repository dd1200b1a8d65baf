// Holds what the commands that look at one thing are tried on, writes down what
// each is, and stays in a function whose first argument holds it all.
//
//   node commands.js TRUTH spin

var fs = require('fs');
var tools = require('./describe.js');

var truthFile = process.argv[2];
var held = {};
var truth = {
  node: process.version,
  markers: tools.markers(__filename, fs.readFileSync(__filename, 'utf8')),
  arrays: [], constructors: [], buffers: [], functions: [], contexts: []
};

function array(name, value) {
  held[name] = value;
  var elements = [];
  // Those of a sparse array are few.
  var indices = value.length > 10000 ? Object.keys(value).map(Number) : null;
  for (var i = 0; i < (indices || value).length; i++) {
    var index = indices ? indices[i] : i;
    var present = index in value;
    elements.push({ i: index, v: present ? tools.describe(value[index], 1) : { t: 'hole' } });
  }
  truth.arrays.push({ k: name, elements: elements });
}
array('empty', []);
array('small', [1, -2, 3]);
array('doubles', [1.5, -0, 2, NaN, -Infinity]);
array('holeyDoubles', [0.5, , 2.5]);
array('holey', ['a', , 'c']);
array('mixed', ['text', 1, null, 1e300, { a: 1 }, [2]]);
var sparse = [];
sparse[3] = 'three';
sparse[70000] = 'far';
sparse[500] = 500.5;
array('sparse', sparse);
// In a function of its own, lest the script itself is optimized in its loop.
function longList() {
  var long = [];
  for (var i = 0; i < 9000; i++) long.push(i % 2 ? 'text ' + i : i);
  return long;
}
array('long', longList());

function constructed(name, value) {
  held[name] = value;
  truth.constructors.push({ k: name, name: value.constructor.name });
}
function Animal() { /*def:Animal*/ }
function Dog() { /*def:Dog*/ }
Dog.prototype = Object.create(Animal.prototype);
Dog.prototype.constructor = Dog;
constructed('plain', {});
constructed('animal', new Animal());
constructed('dog', new Dog());
constructed('list', [1]);
constructed('date', new Date(0));
constructed('pattern', /x/);
constructed('failure', new TypeError('x'));
constructed('called', Animal);
constructed('bytes', new Buffer('the bytes'));
held.orphan = Object.create(null);

function buffer(name, value, isView) {
  held[name] = value;
  var text = '';
  for (var i = 0; i < value.length; i++) text += String.fromCharCode(value[i]);
  truth.buffers.push({ k: name, text: text, isView: Boolean(isView) });
}
buffer('pooled', new Buffer('bytes of a pool'));
buffer('large', new Buffer(new Array(3001).join('0123456789')));
buffer('slice', new Buffer('a slice of it').slice(2, 7));
if (typeof Uint8Array.from === 'function') {
  buffer('uint8', Uint8Array.from([65, 66, 67, 68]));
  buffer('uint16', new Uint16Array([66]), true);
}

// A buffer whose bytes were handed on, as to a worker, and views of it.
truth.detached = [];
function detach(buffer) {
  if (typeof buffer.transfer === 'function') return buffer.transfer();
  return ['Detach', 'Neuter'].some(function (name) {
    try {
      require('v8').setFlagsFromString('--allow-natives-syntax');
      new Function('buffer', '%ArrayBuffer' + name + '(buffer)')(buffer);
      return true;
    } catch (error) {
      return false;
    }
  });
}
var handed = new ArrayBuffer(8);
var handedBytes = new Uint8Array(handed, 2, 4);
var handedView = new DataView(handed);
if (detach(handed)) {
  held.detached = { buffer: handed, bytes: handedBytes, view: handedView };
  truth.detached.push(
    { k: 'buffer', v: { t: 'arraybuffer', length: handed.byteLength, bytes: [], detached: true } },
    { k: 'bytes', v: { t: 'typed', kind: 'Uint8Array', length: handedBytes.length, elements: [],
      detached: true } },
    { k: 'view', v: { t: 'dataview', length: 0, offset: 0, detached: true } });
}

// Every parameter, a variable that stays on the stack, two that are captured.
function shaped(first, second) { /*def:shaped*/
  var local = first + 1;
  var kept = [second, local];
  var counter = { turns: first };
  return function inner(third) { /*def:inner*/ counter.turns += third; return kept; };
}
held.shaped = shaped;
held.inner = shaped(1, 'two');
held.inner(5);
truth.functions.push({ k: 'shaped', name: 'shaped', parameters: ['first', 'second'],
  locals: ['local'], captured: ['counter', 'kept'] });
truth.functions.push({ k: 'inner', name: 'inner', parameters: ['third'], locals: [], captured: [] });
truth.contexts.push({ k: 'inner', of: 'shaped', variables: [
  { k: 'kept', v: tools.describe(['two', 2], 2) },
  { k: 'counter', v: tools.describe({ turns: 6 }, 2) }
] });

// From 75 captured variables on, newer engines keep their names in a table.
var names = [];
for (var n = 0; n < 90; n++) names.push('v' + n);
held.many = new Function('var ' + names.map(function (name, index) {
  return name + ' = ' + index;
}).join(', ') + ';\nreturn function () { return [' + names.join(', ') + ']; };')();
truth.contexts.push({ k: 'many', variables: names.map(function (name, index) {
  return { k: name, v: tools.describe(index, 1) };
}) });

// An object that a C++ object of node stands behind.
var compressor = require('zlib').createGzip();
held.handle = compressor._handle || compressor._binding;

function hold(object, label) { /*def:hold*/
  tools.publish(truthFile, truth);
  // As in frames.js, the `try` keeps Node 0.10 from clearing the arguments.
  try { for (var spins = 0; ; spins = spins + 1 | 0); } finally { spins = 0; }
}
hold(held, 'held');
