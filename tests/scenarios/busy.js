// Does what has a program be nearly anywhere when it is stopped: in its own code of every
// compiler, in stubs, builtins and collections, in C++ called with and without a frame.
//
//   node busy.js TRUTH

'use strict';

var tools = require('./describe.js');

function Point(x) { this.x = x; this.text = 's' + x; }
Point.prototype.get = function () { return this.x; };

var words = ['a', 'bb', 'ccc', 'dddd'];
var numbers = [];
for (var n = 0; n < 500; n++) numbers.push(n * 7919 % 503);
var typed = new Float64Array(500);
var big = typeof BigInt === 'function' && BigInt('0x' + '7f'.repeat(200));
var seven = big && BigInt(7);

function busy(points, table) { /*def:busy*/
  var sum = 0, text = '';
  tools.publish(process.argv[2], { pid: process.pid });
  for (var i = 0; ; i++) {
    var point = points[i % points.length];
    sum = sum + point.x * 1.5;
    point.y = i & 255;
    table[words[i & 3]] = point;
    text = text + words[i & 3];
    if (text.length > 100) text = text.slice(0, 10);
    var made = new Point(i & 1023);
    sum += made.get() + (made.text < text ? 1 : 2);
    sum += Math.sin(i) + Math.pow(i & 7, 2);
    points[i & 7] = { x: i & 15, list: [i, i + 1] };
    delete table['a' + (i & 3)];
    if ('x' in point && point instanceof Object) sum %= 1e9;
    switch (typeof text) { case 'string': sum++; break; default: sum--; }
    try { if ((i & 0xfff) === 0) throw point; } catch (error) { sum = 0; }
    [3, 1, 2].sort();
    (function (k) { return function () { return k + sum; }; })(i)();
    if ((i & 15) === 0) {
      typed.set(numbers);
      if (typed.sort) typed.sort();
      sum += typed[5] + new Date(i * 1e7).getMonth();
      if (big) sum += Number(big * big % seven);
      sum += /(a+)+b$/.test('aaaaaac' + (i & 7)) ? 1 : 0;
    }
  } /*end:busy*/
}

busy([0, 1, 2, 3, 4, 5, 6, 7].map(function (x) { return new Point(x); }), {});
