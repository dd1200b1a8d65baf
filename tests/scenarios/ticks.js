// Asks for functions to be called next in every way, writes down which, and stays in
// a function to be dumped, so that none of them is.
//
//   node ticks.js TRUTH END

'use strict';

const fs = require('fs');
const tools = require('./describe.js');

const lines = {};
fs.readFileSync(__filename, 'utf8').split('\n').forEach((text, index) => {
  const mark = /\/\*at:(\w+)\*\//.exec(text);
  if (mark) lines[mark[1]] = index + 1;
});

function firstTick() {} /*at:firstTick*/
function secondTick() {} /*at:secondTick*/
function onImmediate() {} /*at:onImmediate*/
function cleared() {}
function onFulfilled() {} /*at:onFulfilled*/
function onRejected() {} /*at:onRejected*/
function queued() {} /*at:queued*/
async function suspended() {
  await null; /*at:suspended*/
}

function hold() {
  process.nextTick(firstTick);
  process.nextTick(secondTick, 1, 2);
  setImmediate(onImmediate);
  clearImmediate(setImmediate(cleared));
  Promise.resolve(1).then(onFulfilled);
  Promise.reject(new Error('expected')).catch(onRejected);
  const queue = typeof queueMicrotask === 'function';
  if (queue) queueMicrotask(queued);
  suspended();
  const order = ['firstTick', 'secondTick', 'onFulfilled', 'onRejected'].concat(
    queue ? ['queued'] : [], ['suspended', 'onImmediate']);
  tools.publish(process.argv[2], { file: __filename, lines, order });
  if (process.argv[3] === 'abort') process.abort();
  for (;;);
}
// Not in the main script, whose own promises come first.
setTimeout(hold, 50);
