// Writes down what it is, and stays in a function to be dumped.
//
//   node info.js TRUTH END

'use strict';

var fs = require('fs');
var tools = require('./describe.js');

process.env.ADDED_LATER = 'a secret';
process.title = 'the title';
var report = process.report && process.report.getReport ? process.report : null;

// Old objects, of many pages.
global.objects = [];
for (var i = 0; i < 400000; i++) global.objects.push({ number: i });
// They are old once young objects were collected twice, which is not to happen while
// the process tells how much is used where: this is several times what a young space has.
for (i = 0; i < 4000000; i++) global.young = { number: i };

function publish(file) {
  tools.publish(file, {
    version: process.version, versions: process.versions, pid: process.pid,
    platform: [process.arch, process.platform], execPath: process.execPath,
    execArgv: process.execArgv, argv: process.argv, environment: process.env,
    uptime: process.uptime(), title: process.title, cwd: process.cwd(),
    report: report && report.getReport()
  });
}
// What the heap takes of the machine; nothing where nobody asks.
function spaces() {
  if (!report) return '';
  return require('v8').getHeapSpaceStatistics().map(function (space) {
    return /old|large/.test(space.space_name) ? space.space_name + space.space_size : '';
  }).join();
}
function hold() {
  var file = process.argv[2], before;
  // What this takes the first time is in the heap that the second time reports. Objects
  // that a collection moves meanwhile are not: then it is told once more.
  publish(file + '.draft');
  do {
    before = spaces();
    publish(file + '.draft');
  } while (spaces() !== before);
  fs.renameSync(file + '.draft', file);
  if (process.argv[3] === 'abort') process.abort();
  try { for (var spins = 0; ; spins = spins + 1 | 0) if (spins < 0) break; } finally { global.spins = 0; }
}
// A timer that stays, by which the clock is known.
setTimeout(hold, 100000);
setTimeout(function () {
  // Once timers have been called, their clock can be told.
  if (typeof setImmediate === 'function') setImmediate(hold); else hold();
}, 20);
