// Three threads with JavaScript: this one and one worker stay in a chain of
// functions, the other worker waits for messages. Each writes down its own
// stack; the main thread publishes all.
//
//   node workers.js TRUTH spin
//
// The truth's `threads` list, for each thread that runs, its frames in this
// file, innermost first: name, line of definition, line that is executed. The
// script itself has no name.

'use strict';

const fs = require('fs');
const vm = require('vm');
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
const tools = require('./describe.js');

const markers = tools.markers(__filename, fs.readFileSync(__filename, 'utf8'));

// The frames of this file below the caller.
function frames(caller) {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (error, sites) => sites;
  const error = {};
  Error.captureStackTrace(error, caller);
  const sites = error.stack;
  Error.prepareStackTrace = prepareStackTrace;
  return sites.filter((site) => site.getFileName() === __filename).map((site) => ({
    name: site.getFunctionName(),
    file: site.getFileName(),
    line: site.getFunctionName() ? markers[site.getFunctionName()].line : 1,
    exec: site.getLineNumber()
  }));
}

// One line each, so that the line executed is the same before and in the loop.
function mainLoop(tell) { /*def:mainLoop*/ tell(frames(mainLoop)); for (;;) ; }
function workerLoop(tell) { /*def:workerLoop*/ tell(frames(workerLoop)); for (;;) ; }

// The caller's frames leave out the innermost: it is told apart.
function innermost(fn, below) {
  const { line } = markers[fn.name];
  return [{ name: fn.name, file: __filename, line, exec: line }].concat(below);
}

class Chain {
  method(loop, tell) { /*def:method*/
    const each = () => { /*def:each*/
      loop(tell);
    };
    return [1].map(each);
  }
}

function throughContext(loop, tell) { /*def:throughContext*/
  const chain = new Chain();
  const call = vm.runInNewContext('(function through(next) { return next(); })');
  return call(function inner() { /*def:inner*/
    return chain.method(loop, tell);
  });
}

function outerMain(truths) { /*def:outerMain*/
  throughContext(mainLoop, (below) => {
    const main = { main: true, frames: innermost(mainLoop, below) };
    tools.publish(process.argv[2], {
      node: process.version, pid: process.pid, threads: [main].concat(truths)
    });
  });
}

function outerWorker(count, text) { /*def:outerWorker*/
  throughContext(workerLoop, (below) => {
    parentPort.postMessage({ main: false, frames: innermost(workerLoop, below) });
  });
}

if (isMainThread) {
  const truths = [];
  const heard = (truth) => { /*def:heard*/
    truths.push(truth);
    if (truths.length === 2) outerMain(truths.filter((one) => one.frames.length > 0));
  };
  for (const what of ['spin', 'idle']) {
    new Worker(__filename, { workerData: what }).on('message', heard);
  }
} else if (workerData === 'spin') {
  outerWorker(7, 'seven');
} else {
  parentPort.on('message', () => {});
  parentPort.postMessage({ main: false, frames: [] });
}
