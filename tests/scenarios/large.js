// Holds values that are larger than what one expects, and waits.
//
//   node large.js TRUTH END

'use strict';

const tools = require('./describe.js');

const MANY = 1e6;
const held = {};

held.text = Buffer.alloc(500e6, 'text ').toString('latin1');

// A string of two parts, of which the first is a string of two parts.
let deep = 'the beginning';
for (let i = 0; i < MANY; i++) deep += 'x';
held.deep = deep;

held.list = new Array(10 * MANY).fill(7);

held.table = {};
for (let i = 0; i < MANY; i++) held.table['key ' + i] = i;

let chain = null;
for (let i = 0; i < MANY; i++) chain = { chain };
held.chain = chain;

held.circle = { name: 'circle' };
held.circle.self = held.circle;
held.circle.list = [held.circle, held];

let prototype = {};
for (let i = 0; i < 1e5; i++) prototype = Object.create(prototype);
held.child = prototype;

function hold(values) { /*def:hold*/
  tools.publish(process.argv[2], { node: process.version, pid: process.pid, many: MANY });
  try { for (let spins = 0; ; spins = spins + 1 | 0) if (spins < 0) break; } finally { held.x = 0; }
}
hold(held);
