// Calls a long chain of functions of every kind, writes down what the stack is,
// innermost frame first, and stays in the innermost one to be dumped.
//
//   node frames.js TRUTH END [cold|warm|later]
//
// END: spin   busy loop in JavaScript
//      block  blocked in a read(2) of standard input, below native frames
//      abort  process.abort(): a kernel core
// warm runs the chain many times first, so that optimizing compilers get at
// the functions of the chain; later runs it from a resumed async function.
//
// Every function of the chain calls `record` on entry with its key, the
// receiver and the arguments as the caller passed them; some also tell the names
// of their parameters and all their variables, those that closures captured and
// those that are on the stack. The engine's own stack trace supplies names and
// current positions; the records supply the rest.

var fs = require('fs');
var path = require('path');
var tools = require('./describe.js');

var truthFile = process.argv[2];
var end = process.argv[3];
var mode = process.argv[4] || 'cold';

var records = [];
function record(key, receiver, args, more) {
  records.push({ key: key, receiver: receiver, args: args, more: more || {} });
}
record('module', this, [exports, require, module, __filename, __dirname],
  { params: ['exports', 'require', 'module', '__filename', '__dirname'] });
var moduleRecord = records[0];

var chains = ['chain-es5.js'];
var major = Number(/^v(\d+)/.exec(process.version)[1]);
if (major >= 8) chains.push('chain-es2017.js');
if (major >= 18) chains.push('chain-es2022.js');

// Where each function of the chain is defined, by key.
var markers = {};
// Of code that the engine wrapped itself, the text as it is then tells the line
// of the call: V8 7.8 says that of the wrapper instead.
function learn(file, source, wrapped) {
  var found = tools.markers(file, source);
  for (var key in found) {
    markers[key] = found[key];
    if (wrapped) markers[key].callLine = tools.markers(file, wrapped)[key].line;
  }
}
[path.basename(__filename), 'later.js'].concat(chains).forEach(function (name) {
  var file = path.join(__dirname, name);
  learn(file, fs.readFileSync(file, 'utf8'));
});
markers.module = { file: __filename, line: 1, anonymous: true };

var runs = chains.map(function (name) { return require('./' + name)(record, learn); });

// The stack as CallSite objects, innermost first, without the caller.
function callSites(caller) {
  var limit = Error.stackTraceLimit;
  var prepare = Error.prepareStackTrace;
  Error.stackTraceLimit = 1000;
  Error.prepareStackTrace = function (error, sites) { return sites; };
  var holder = {};
  Error.captureStackTrace(holder, caller);
  var sites = holder.stack;
  Error.stackTraceLimit = limit;
  Error.prepareStackTrace = prepare;
  return sites.filter(function (site) { return !(site.isAsync && site.isAsync()); });
}

// Node 0.8 fails where there is no receiver.
function told(site, question) {
  try { return site[question]() || null; } catch (error) { return null; }
}

function frameOf(site) {
  return {
    site: site.getFunctionName() || null,
    type: told(site, 'getTypeName'),
    method: told(site, 'getMethodName'),
    file: site.getFileName() || null,
    callLine: site.getLineNumber(),
    callColumn: site.getColumnNumber(),
    construct: site.isConstructor(),
    eval: site.isEval(),
    builtin: site.isNative() || !site.getFileName() && !site.isEval()
  };
}

// Frames of the chain are those in its files, or in code compiled from strings
// by them; each made one record, in the order of the calls.
function isRecorded(frame) {
  return frame.eval && !frame.file || frame.file !== null &&
    frame.file.indexOf(__dirname) === 0 && !/describe\.js$/.test(frame.file);
}

function variables(values) {
  return values && Object.keys(values).map(function (name) {
    return { k: name, v: tools.describe(values[name], 2) };
  });
}

function truthOf(sites) {
  var left = records.slice();
  var frames = sites.map(function (site) {
    var frame = frameOf(site);
    if (!isRecorded(frame)) return frame;
    var made = left.pop();
    var marker = markers[made.key];
    // No function of the chain has more than 14 lines above its call.
    var down = marker ? frame.callLine - marker.line : -1;
    if (down < 0 || down > 14 && made.key !== 'module' || frame.file && frame.file !== marker.file) {
      throw new Error('record "' + made.key + '" does not belong to ' + JSON.stringify(frame));
    }
    frame.key = made.key;
    frame.line = marker.line;
    if (marker.callLine) frame.callLine = marker.callLine;
    frame.anonymous = marker.anonymous;
    frame.receiver = tools.describe(made.receiver, 2);
    frame.args = Array.prototype.map.call(made.args, function (arg) {
      return tools.describe(arg, made.key === 'module' ? 0 : 2);
    });
    frame.params = made.more.params;
    frame.captured = variables(made.more.captured);
    frame.stack = variables(made.more.stack);
    return frame;
  });
  if (left.length !== 0) throw new Error(left.length + ' records have no frame');
  return frames;
}

function publish() {
  try {
    tools.publish(truthFile, {
      node: process.version,
      v8: process.versions.v8,
      pid: process.pid,
      end: end,
      mode: mode,
      frames: truthOf(callSites(publish))
    });
  } catch (error) {
    // Thrown on, it would be swallowed by the promises of the chain.
    console.error(error.stack);
    process.exit(1);
  }
}

var ends = {
  spin: function spinningLeaf(turns, label) { /*def:spin*/
    record('spin', this, arguments);
    publish();
    // Node 0.10 does not optimize functions with `try`. Where it replaces the
    // code of a running loop, it clears the arguments that nobody will read.
    try { for (var spins = 0; ; spins = spins + 1 | 0); } finally { spins = 0; }
  },
  block: function blockedLeaf(turns, label) { /*def:block*/
    record('block', this, arguments);
    publish();
    fs.readSync(0, new Buffer(1), 0, 1, null);
  },
  abort: function abortingLeaf(turns, label) { /*def:abort*/
    record('abort', this, arguments);
    publish();
    process.abort();
  }
};

// Rehearsals end in one of these instead. They are several so that no compiler
// bets on a single callee and throws its code away when the real one comes.
var rehearsals = [
  function () { return 1; }, function () { return 2; }, function () { return 3; },
  function () { return 4; }, function () { return 5; }, function () { return 6; }
];

var stage = { last: null };

function runFrom(index) { /*def:runFrom*/
  record('runFrom', this, [index]);
  if (index === runs.length) return stage.last({ count: 0 }, 'leaf');
  return runs[index](function continued() { /*def:continued*/
    record('continued', this, []);
    return runFrom(index + 1);
  });
}

// A function of its own, lest the script itself is optimized in its loop.
function rehearse() {
  var until = Date.now() + 1500;
  for (var turn = 0; Date.now() < until; turn++) {
    records = [moduleRecord];
    stage.last = rehearsals[turn % rehearsals.length];
    runFrom(0);
  }
}

if (mode === 'warm') rehearse();
stage.last = ends[end];
if (mode === 'later') {
  records = [];
  require('./later.js')(record, runFrom);
} else {
  records = [moduleRecord];
  runFrom(0);
}
