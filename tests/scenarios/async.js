// Suspends functions in known places, writes down how many where, and stays in a
// function to be dumped.
//
//   node async.js TRUTH END [stack]
//
// One of each place is let go on first, and shows the stack that V8 gives it: the
// truth's `v8`, from Node 12 on. `frames` are the functions that are suspended,
// innermost first, each with the line of its `await`.
//
// With `stack` the program stays in a function that was suspended in the first
// place, below what waits for it.

'use strict';

const childProcess = require('child_process');
const fs = require('fs');
const path = require('path');
const { promisify } = require('util');
const tools = require('./describe.js');

const truthFile = process.argv[2];
// From Node 10 on.
const generators = path.join(__dirname, 'async-generators.js');
// File and line of each `await` by what is written behind it.
const lines = {};
[__filename, generators].forEach((file) => {
  fs.readFileSync(file, 'utf8').split('\n').forEach((text, index) => {
    const mark = /\/\*at:(\w+)\*\//.exec(text);
    if (mark) lines[mark[1]] = { file, line: index + 1 };
  });
});
const sleep = promisify(setTimeout);
// Who could let the suspended ones go on.
const held = [];
// Nobody opens its other end.
const fifo = path.join(path.dirname(path.resolve(truthFile)), 'fifo');
let arrived = null;

Error.stackTraceLimit = 50;

// Gates: how the innermost function waits.
function soon() { return new Promise((resolve) => setTimeout(resolve, 5)); }
function never() { return new Promise((resolve) => held.push(resolve)); }

async function fetchRow(gate, id) {
  const row = { id };
  await gate(); /*at:fetchRow*/
  arrived();
  return () => row;
}
async function query(gate, id) {
  const row = await fetchRow(gate, id); /*at:query*/
  return row;
}
class Handler {
  constructor(id) { this.id = id; }
  async get(gate) {
    return await query(gate, this.id); /*at:get*/
  }
}
async function request(gate, id) {
  await new Handler(id).get(gate); /*at:request*/
}

async function page(gate, id) {
  const parts = [Promise.resolve(id), query(gate, id)];
  const all = Promise.all(parts);
  await all; /*at:page*/
}

async function nap(gate) {
  await (gate === never ? sleep(1e6) : sleep(5)); /*at:nap*/
  arrived();
}

const careful = async (gate, id) => {
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      const mark = 'attempt ' + attempt;
      held.push(() => mark);
      if (attempt === 2) await query(gate, id); /*at:careful*/
    }
  } finally {
    held.push(id);
  }
};

async function settle(gate, id) {
  await Promise.allSettled([query(gate, id)]); /*at:settle*/
}
async function first(gate, id) {
  await Promise.any([query(gate, id)]); /*at:first*/
}
async function raced(gate) {
  await Promise.race([gate(), new Promise(() => {})]); /*at:raced*/
  arrived();
}
function chained(gate, id) {
  return query(gate, id).then(function onRow(row) { return row; }); /*at:onRow*/
}
async function through(gate, id) {
  await chained(gate, id); /*at:through*/
}

async function reader(gate) {
  const file = await fs.promises.open(gate === never ? fifo : __filename, 'r'); /*at:reader*/
  arrived();
  await file.close();
}
// Node's own functions in between, as its source has them.
const inOpen = fs.promises && /handleErrorFromBinding/.test(fs.promises.open) ?
  ['then handleErrorFromBinding', 'open'] : ['open'];

const places = [
  { start: request, count: 200, frames: ['fetchRow', 'query', 'get', 'request'] },
  { start: page, count: 120, frames: ['fetchRow', 'query', 'Promise.all', 'page'] },
  { start: nap, count: 60, frames: ['nap'] },
  { start: careful, count: 40, frames: ['fetchRow', 'query', 'careful'] },
  { start: raced, count: 3, frames: ['raced'] },
  // V8 leaves out callbacks, and so what waits for them.
  { start: through, count: 2, frames: ['fetchRow', 'query', 'then onRow', 'through'], short: true }
];
if (parseInt(process.versions.node, 10) >= 10) {
  const consume = require(generators).consume(held, () => arrived());
  places.push({ start: consume, count: 80, frames: ['rows', 'consume'] });
  places.push({ start: reader, count: 1, frames: [...inOpen, 'reader'], short: true });
}
// V8 follows these only from 10.2 and 9.4 on.
if (Promise.allSettled) {
  places.push({ start: settle, count: 5, short: parseInt(process.versions.v8, 10) < 11,
    frames: ['fetchRow', 'query', 'Promise.allSettled', 'settle'] });
}
if (Promise.any) {
  places.push({ start: first, count: 4, frames: ['fetchRow', 'query', 'Promise.any', 'first'] });
}

function frame(name) {
  if (inOpen.includes(name)) return { name, node: true };
  return Object.assign({ name }, lines[name.replace('then ', '')]);
}

// The asynchronous lines of a stack, but for the one that goes through all places.
function parsed(stack) {
  const own = stack.split('\n').filter((line) => /^ +at async (?!main )/.test(line));
  return own.map((line) => {
    const [, name, place] = /at async (?:(.*) \((.*)\)|.*)$/.exec(line);
    const index = /^index (\d+)$/.exec(place);
    if (index) return { name, index: Number(index[1]) };
    const [, file, at, column] = /^(.*):(\d+):(\d+)$/.exec(place);
    return { name: name.split('.').pop(), file, line: Number(at), column: Number(column) };
  });
}

function hold(truth) { /*def:hold*/
  tools.publish(truthFile, Object.assign({ node: process.version, pid: process.pid }, truth));
  try { for (let spins = 0; ; spins = spins + 1 | 0) if (spins < 0) break; } finally { held.push(0); }
}

async function main() {
  childProcess.execFileSync('mkfifo', [fifo]);
  for (const place of places) {
    arrived = () => { place.v8 = parsed(new Error().stack); };
    const { start } = place;
    await start(soon, 0);
  }
  // Settled before anything is suspended for good.
  await sleep(20);
  const suspended = [];
  for (const place of places) {
    for (let id = 0; id < place.count; id++) suspended.push(place.start(never, id));
  }
  held.push(suspended);
  const truth = places.map(({ count, frames, short, v8 }) => (
    { count, frames: frames.map(frame), v8: short ? null : v8 }));
  setTimeout(hold, 50, { file: __filename, places: truth });
}

if (process.argv[4] === 'stack') {
  arrived = () => hold({ v8: parsed(new Error().stack) });
  page(soon, 7);
} else {
  main();
}
