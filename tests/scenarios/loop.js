// Sets up everything that keeps an event loop going, writes down what the process
// itself says of it, and stays in a function to be dumped.
//
//   node loop.js TRUTH END

'use strict';

const childProcess = require('child_process');
const dgram = require('dgram');
const fs = require('fs');
const net = require('net');
const path = require('path');
const { promisify } = require('util');
const tools = require('./describe.js');

const truthFile = process.argv[2];
// The line of each function by what is written behind it.
const lines = {};
fs.readFileSync(__filename, 'utf8').split('\n').forEach((text, index) => {
  const mark = /\/\*at:(\w+)\*\//.exec(text);
  if (mark) lines[mark[1]] = index + 1;
});
const dir = path.dirname(path.resolve(truthFile));
const fifo = path.join(dir, 'fifo');
const set = {};
let open = 0;

function onConnection() {} /*at:onConnection*/
function onData() {} /*at:onData*/
function onMessage() {} /*at:onMessage*/
function onExit() {} /*at:onExit*/
function onChange() {} /*at:onChange*/
function onSignal() {} /*at:onSignal*/
function opened() {} /*at:opened*/
function later() {} /*at:later*/
function tick() {} /*at:tick*/
function unrefd() {} /*at:unrefd*/
function refd() {} /*at:refd*/
function cleared() {}
async function sleeper() {
  await promisify(setTimeout)(300000); /*at:sleeper*/
}
async function opener() {
  await fs.promises.open(fifo, 'r'); /*at:opener*/
}

function timer(name, after, start) {
  set[name] = { after, at: Date.now() };
  return start();
}

childProcess.execFileSync('mkfifo', [fifo]);
const server = net.createServer(onConnection);
server.listen(0, '127.0.0.1', () => {
  for (let i = 0; i < 2; i++) {
    const socket = net.connect(server.address().port, '127.0.0.1');
    socket.on('data', onData);
    socket.once('connect', () => { open++; });
  }
});
const socket = dgram.createSocket('udp4');
socket.on('message', onMessage);
socket.bind(0, '127.0.0.1');
// Its own pipes are not kept.
childProcess.spawn('sleep', ['120'], { stdio: 'ignore' }).on('exit', onExit);
fs.watch(dir, onChange);
process.on('SIGUSR2', onSignal);
timer('later', 100000, () => setTimeout(later, 100000));
timer('tick', 50000, () => setInterval(tick, 50000));
timer('unrefd', 200000, () => setTimeout(unrefd, 200000).unref());
timer('refd', 250000, () => setTimeout(refd, 250000).unref().ref());
timer('sleeper', 300000, () => { sleeper(); });
clearTimeout(setTimeout(cleared, 7000));
fs.open(fifo, 'r', opened);
opener();

function names(list) { return list.map((one) => one.constructor.name); }

function hold() {
  const now = Date.now();
  const timers = {};
  for (const name of Object.keys(set)) timers[name] = set[name].at + set[name].after - now;
  tools.publish(truthFile, {
    file: __filename,
    lines,
    timers,
    handles: names(process._getActiveHandles()),
    requests: names(process._getActiveRequests()).sort(),
    resources: process.getActiveResourcesInfo ? process.getActiveResourcesInfo() : null,
  });
  if (process.argv[3] === 'abort') process.abort();
  for (;;);
}

function settle() {
  // The timer that led here has fired when an immediate runs.
  if (open === 2) setTimeout(() => setImmediate(hold), 100);
  else setTimeout(settle, 10);
}
settle();
