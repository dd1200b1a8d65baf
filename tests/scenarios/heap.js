// Fills the heap with known numbers of known things, writes the numbers down,
// and stays in a function to be dumped.
//
//   node heap.js TRUTH END [UNITS[,snapshot]]
//
// A unit is about 10 MB: 72,000 instances of 23 classes and what they hold.
// With `snapshot` the program has V8 write its own snapshot of the heap, beside
// the truth, just before it settles.
//
// The truth's `counts` are by class; `live` says of how many things besides,
// `leak` how long the chain is that one entry of a Map keeps alive. Instances
// of `Dropped` were made and let go.

var path = require('path');
var fs = require('fs');
var tools = require('./describe.js');

var truthFile = process.argv[2];
var words = (process.argv[4] || '1').split(',');
var units = Number(words[0]);
var counts = {};

function count(name, n) { counts[name] = (counts[name] || 0) + n; }

// Twenty classes of two to six properties, each class with a shape of its own.
var names = ['Account', 'Address', 'Basket', 'Carrier', 'Coupon', 'Customer', 'Delivery',
  'Discount', 'Invoice', 'Item', 'Ledger', 'Market', 'Notice', 'Offer', 'Parcel', 'Payment',
  'Price', 'Receipt', 'Refund', 'Tariff'];
var classes = names.map(function (name, index) {
  var fields = [];
  for (var f = 0; f < 2 + index % 5; f++) fields.push('this.' + name.toLowerCase() + f + ' = ' +
    ['i', 'i + 0.5', '"' + name + ' " + i', '[i, i + 1]', 'other'][(f + index) % 5] + ';');
  return new Function('return function ' + name + '(i, other) { ' + fields.join(' ') + ' };')();
});

function LeakNode(next, payload) { this.next = next; this.payload = payload; }
function Payload(i) { this.number = i; this.text = 'payload ' + i; }
function Dropped(i) { this.number = i; this.dropped = true; }
var Derived = null;
try {
  Derived = new Function('"use strict"; class Base { constructor(i) { this.base = i; } }\n' +
    'class Derived extends Base { constructor(i) { super(i); this.derived = String(i); } }\n' +
    'return Derived;')();
} catch (error) { /* before classes */ }

function handler(i) { return function tick() { return i; }; }

var held = { lists: [], maps: [], sets: [], closures: [], words: [] };
var live = { maps: 0, sets: 0, closures: 0, dates: 0, patterns: 0, errors: 0, promises: 0, bytes: 0 };

function fill() {
  var list = [];
  for (var c = 0; c < classes.length; c++) {
    var n = 2500 + 100 * c, last = null;
    for (var i = 0; i < n; i++) { last = new classes[c](i, last); list.push(last); }
    count(names[c], n);
    for (var d = 0; d < 100; d++) new Dropped(d);
  }
  if (Derived) {
    for (var e = 0; e < 2000; e++) list.push(new Derived(e));
    count('Derived', 2000);
  }
  held.lists.push(list);
  for (var m = 0; m < 100; m++) {
    held.closures.push(handler(m));
    held.words.push('word ' + units + ' ' + m);
    list.push(new Date(m));
    list.push(new RegExp('pattern' + m));
    list.push(new Error('failure ' + m));
    if (typeof Map === 'function' && typeof Map.prototype.forEach === 'function') {
      var map = new Map();
      var set = new Set();
      for (var k = 0; k < 20; k++) { map.set('key ' + k, { value: k }); set.add('member ' + k); }
      held.maps.push(map);
      held.sets.push(set);
      live.maps++;
      live.sets++;
    }
    if (typeof Promise === 'function') { list.push(Promise.resolve(m)); live.promises++; }
    if (typeof Uint8Array === 'function') { list.push(new Uint8Array(64)); live.bytes++; }
  }
  live.closures += 100;
  live.dates += 100;
  live.patterns += 100;
  live.errors += 100;
}

for (var u = 0; u < units; u++) fill();

var head = null;
for (var n = 999; n >= 0; n--) head = new LeakNode(head, new Payload(n));
count('LeakNode', 1000);
count('Payload', 1000);
var holder = { head: head };
var registry = holder;
if (typeof Map === 'function' && live.maps) {
  registry = new Map();
  registry.set('leak', holder);
}
global.registry = registry;

function hold(held, last) { /*def:hold*/
  if (words[1] === 'snapshot') {
    require('v8').writeHeapSnapshot(truthFile + '.heapsnapshot');
  }
  tools.publish(truthFile, { node: process.version, pid: process.pid, counts: counts, live: live,
    leak: 1000, dropped: units * 100 * classes.length });
  try { for (var spins = 0; ; spins = spins + 1 | 0); } finally { spins = 0; }
}
for (var last = head; last.next; last = last.next);
hold(held, last.payload);
