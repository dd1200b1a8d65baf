// Writes down what it is, and stays in a function to be dumped.
//
//   node info.js TRUTH END

'use strict';

var tools = require('./describe.js');

process.env.ADDED_LATER = 'a secret';

function hold() {
  tools.publish(process.argv[2], {
    version: process.version, versions: process.versions, pid: process.pid,
    platform: [process.arch, process.platform], execPath: process.execPath,
    execArgv: process.execArgv, argv: process.argv, environment: process.env,
    uptime: process.uptime()
  });
  if (process.argv[3] === 'abort') process.abort();
  try { for (var spins = 0; ; spins = spins + 1 | 0) if (spins < 0) break; } finally { global.spins = 0; }
}
// A timer that stays, by which the clock is known.
setTimeout(hold, 100000);
setTimeout(function () {
  // Once timers have been called, their clock can be told.
  if (typeof setImmediate === 'function') setImmediate(hold); else hold();
}, 20);
