// Holds one of each kind of value in one object, writes down what each is, and
// stays in a function whose first argument is that object.
//
//   node values.js TRUTH spin|abort
//
// The truth's `values` describe the properties of the object in order;
// `closures` list the captured variables of the functions in its `closures`.

var fs = require('fs');
var path = require('path');
var tools = require('./describe.js');

var truthFile = process.argv[2];
var end = process.argv[3];
var values = {};
var closures = [];
var kept = [];
var skipped = [];

// A group adds values by name, and closures by name, function and variables.
var kit = {
  add: function (name, value) { values[name] = value; },
  closure: function (name, fn, variables) {
    values.closures[name] = fn;
    closures.push({ name: name, variables: variables });
  },
  note: tools.note,
  noteProxy: tools.noteProxy,
  // An object of a class that the debugger need only name, if it has a name.
  named: function (object, name) {
    if (object.constructor.name !== name) return object;
    return tools.note(object, { instead: function () { return { t: 'named', name: name }; } });
  },
  describe: function (value) { return tools.describe(value, 4); },
  pairs: function (list) {
    return list.map(function (pair) { return [kit.describe(pair[0]), kit.describe(pair[1])]; });
  },
  // What the program does in the end.
  end: end,
  // Kept alive by the values themselves.
  keep: function (object) { kept.push(object); },
  held: { only: 'weakly' }
};
kept.push(kit.held);

var groups = ['values-plain.js', 'values-objects.js', 'values-closures.js'];
var newer = ['values-newer.js', 'values-platform.js'];

// Runs each block that the engine has syntax and classes for.
function runBlocks(name) {
  var source = fs.readFileSync(path.join(__dirname, name), 'utf8');
  source.split(/^\/\/# /m).slice(1).forEach(function (block) {
    var end = block.indexOf('\n');
    try {
      new Function('kit', 'add', 'note', 'require', '"use strict";' + block.slice(end))(
        kit, kit.add, kit.note, require);
    } catch (error) {
      // By name: in a block that runs code elsewhere, it is of another context.
      if (!/^(Syntax|Reference|Type)Error$/.test(error.name)) throw error;
      skipped.push(block.slice(0, end) + ': ' + error.message);
    }
  });
}

var markers = {};
groups.concat(newer).concat(path.basename(__filename)).forEach(function (name) {
  var file = path.join(__dirname, name);
  var found = tools.markers(file, fs.readFileSync(file, 'utf8'));
  for (var key in found) markers[key] = found[key];
});

values.closures = {};
groups.forEach(function (name) { require('./' + name)(kit); });
newer.forEach(runBlocks);

function truth() {
  return {
    node: process.version,
    v8: process.versions.v8,
    pid: process.pid,
    end: end,
    holder: { name: 'hold', marker: markers.hold },
    markers: markers,
    skipped: skipped,
    values: Object.keys(values).map(function (name) {
      return { k: name, v: tools.describe(values[name], 6) };
    }),
    closures: closures.map(function (closure) {
      return {
        k: closure.name,
        variables: Object.keys(closure.variables).map(function (name) {
          return { k: name, v: tools.describe(closure.variables[name], 2) };
        })
      };
    })
  };
}

function hold(held, label) { /*def:hold*/
  tools.publish(truthFile, truth());
  if (end === 'abort') process.abort();
  // As in frames.js, the `try` keeps Node 0.10 from clearing the arguments.
  try { for (var spins = 0; ; spins = spins + 1 | 0); } finally { spins = 0; }
}
hold(values, 'values');
