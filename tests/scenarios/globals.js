// Makes global variables of every kind, writes down which, and stays in a function to
// be dumped. Up to Node 4 scripts have no `let` outside of strict mode.
//
//   node globals.js TRUTH END

'use strict';

var vm = require('vm');
var tools = require('./describe.js');
var top = (function () { return this || global; })();

top.shopName = 'corner shop';
top.counters = { requests: 17, errors: 2 };
top.answer = 42.5;
top.onShutdown = function onShutdown() {};
// The name is Node's own later on: what a program puts there is the program's.
top.fetch = function fetch() {};
vm.runInThisContext('var declared = [1, 2, 3]; function helper() {}');
var truth = {
  properties: ['answer', 'counters', 'declared', 'fetch', 'helper', 'onShutdown', 'shopName'],
  script: []
};
try {
  vm.runInThisContext('"use strict"; let letter = "abc"; const LIMIT = 99; class Widget {}');
  truth.script = ['LIMIT', 'Widget', 'letter'];
} catch (e) {
  // Too old for them.
}

function hold() {
  tools.publish(process.argv[2], truth);
  if (process.argv[3] === 'abort') process.abort();
  try { for (var spins = 0; ; spins = spins + 1 | 0) if (spins < 0) break; } finally { top.spins = 0; }
}
hold();
