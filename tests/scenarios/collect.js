// Collects garbage most of the time, in functions so young that a collection moves what
// belongs to them: each runs in a new script.
//
//   node collect.js TRUTH

'use strict';

var tools = require('./describe.js');
var vm = require('vm');

var kept = [];

global.grow = function (from) {
  for (var n = 0; n < 100; n++) kept.push({ n: from + n, list: [n], text: 'x' + n });
  if (kept.length > 30000) kept = [];
};

function collect() { /*def:collect*/
  tools.publish(process.argv[2], { pid: process.pid });
  for (var i = 0; ; i++) {
    // Another text each time: a known one has its script already.
    var text = '\n(function fresh(from) {\n var name' + i + ';\n' +
        ' for (var j = 0; j < 300; j++) grow(from);\n})';
    vm.runInThisContext(text, 'fresh.js')(i);
  }
} /*end:collect*/

collect();
