// Turns JavaScript values into typed descriptions that JSON can carry: what a
// debugger should say about them. Written in ES5 because Node 0.10 runs it too;
// newer kinds of value are recognised by feature checks.
//
// A description is an object whose `t` names the kind. Numbers travel as text,
// since JSON has no -0, NaN or 64-bit integers. A value nested deeper than
// asked for is described with `cut: true` and without its contents.

'use strict';

var toStringTag = Object.prototype.toString;

// Descriptions of objects that JavaScript itself cannot look into (proxies,
// promises, private fields): pairs of object and extra description.
var notes = [];

exports.note = function (object, extra) {
  notes.push([object, extra]);
  return object;
};

function noteOf(object) {
  for (var i = 0; i < notes.length; i++) {
    if (notes[i][0] === object) return notes[i][1];
  }
  return null;
}

// Looking into a proxy would run its traps.
exports.noteProxy = function (proxy, target, handler) {
  return exports.note(proxy, {
    instead: function (depth, seen) {
      return {
        t: 'proxy',
        target: describe(target, depth, seen),
        handler: describe(handler, depth, seen)
      };
    }
  });
};

// Stand-in for the receiver of a derived constructor: the hole, which no
// program can name.
exports.HOLE = { hole: 'stand-in' };

function number(value) {
  return value === 0 && 1 / value < 0 ? '-0' : String(value);
}

function hasLoneSurrogate(text) {
  for (var i = 0; i < text.length; i++) {
    var unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    var next = text.charCodeAt(i + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return true;
    i++;
  }
  return false;
}

function string(text) {
  if (text.length > 4000) {
    return {
      t: 'string',
      length: text.length,
      head: text.slice(0, 64),
      tail: text.slice(-64)
    };
  }
  if (!hasLoneSurrogate(text)) return { t: 'string', length: text.length, v: text };
  var units = [];
  for (var i = 0; i < text.length; i++) units.push(text.charCodeAt(i));
  return { t: 'string', length: text.length, units: units };
}

function symbolText(symbol) {
  // "Symbol(description)" on every engine that has symbols; the first of them
  // do not convert one by String().
  return Symbol.prototype.toString.call(symbol).slice('Symbol('.length, -1);
}

function ownKey(object, key, depth, seen) {
  var found = Object.getOwnPropertyDescriptor(object, key);
  var entry = { k: typeof key === 'symbol' ? symbolText(key) : String(key) };
  if (typeof key === 'symbol') entry.symbol = true;
  if (!found.enumerable) entry.hidden = true;
  if (found.get || found.set) {
    entry.accessor = (found.get ? 'Getter' : '') + (found.get && found.set ? '/' : '') +
      (found.set ? 'Setter' : '');
  } else {
    entry.v = describe(found.value, depth, seen);
  }
  return entry;
}

// Old engines list the enumerable names in the order of their making, but all
// names together in hash order.
var hashOrder = (function () {
  var probe = {};
  for (var i = 0; i < 1100; i++) probe['n' + i] = i;
  return Object.getOwnPropertyNames(probe).join() !== Object.keys(probe).join();
})();

// Own properties in the order of their making: indices, names, symbols; where
// the engine lists all in hash order, the hidden ones come last.
function properties(object, depth, seen, except) {
  var list = [];
  var names = Object.getOwnPropertyNames(object);
  if (hashOrder) {
    var shown = Object.keys(object);
    names = shown.concat(names.filter(function (name) { return shown.indexOf(name) < 0; }));
  }
  names.forEach(function (name) {
    if (except && except(name)) return;
    list.push(ownKey(object, name, depth, seen));
  });
  if (Object.getOwnPropertySymbols) {
    Object.getOwnPropertySymbols(object).forEach(function (symbol) {
      list.push(ownKey(object, symbol, depth, seen));
    });
  }
  return list;
}

function isIndex(name) {
  return String(name >>> 0) === name && name >>> 0 !== 4294967295;
}

function elements(list, length, depth, seen) {
  var result = [];
  for (var i = 0; i < length; i++) {
    result.push(i in list ? describe(list[i], depth, seen) : { t: 'hole' });
  }
  return result;
}

function array(value, depth, seen) {
  var result = { t: 'array', length: value.length };
  var indices = Object.keys(value).filter(isIndex);
  if (value.length > 2000) {
    result.sparse = indices.map(function (index) {
      return [Number(index), describe(value[index], depth, seen)];
    });
  } else {
    result.elements = elements(value, value.length, depth, seen);
  }
  result.props = properties(value, depth, seen, function (name) {
    return name === 'length' || isIndex(name);
  });
  return result;
}

function constructorName(value) {
  for (var at = value; at; at = Object.getPrototypeOf(at)) {
    var found = Object.getOwnPropertyDescriptor(at, 'constructor');
    if (found && typeof found.value === 'function') return found.value.name;
  }
  return null;
}

function functionOf(value) {
  var text = Function.prototype.toString.call(value);
  var result = { t: 'function', name: value.name };
  var marker = /\/\*(?:def|anon):([^*]+)\*\//.exec(text);
  if (/^class\b/.test(text)) result.class = true;
  else if (marker) result.marker = marker[1];
  if (/\[native code\]/.test(text)) result.native = true;
  return result;
}

function entriesOf(collection, depth, seen) {
  var list = [];
  collection.forEach(function (value, key) {
    list.push([describe(key, depth, seen), describe(value, depth, seen)]);
  });
  return list;
}

// What a buffer holds; a detached one holds nothing.
function buffer(value) {
  if (value.detached) return { t: 'arraybuffer', length: 0, bytes: [], detached: true };
  return {
    t: 'arraybuffer',
    shared: typeof SharedArrayBuffer !== 'undefined' && value instanceof SharedArrayBuffer,
    length: value.byteLength,
    bytes: bytes(new Uint8Array(value))
  };
}

function generator(value, depth, seen) {
  return { t: 'generator', props: properties(value, depth, seen) };
}

function named(name) {
  return function () { return { t: 'named', name: name }; };
}

function bytes(view) {
  return Array.prototype.slice.call(view).map(number);
}

function bigNumbers(view) {
  return Array.prototype.map.call(view, String);
}

// The kinds that Object.prototype.toString tells apart.
var byTag = {
  Array: array,
  Date: function (value) { return { t: 'date', v: number(value.getTime()) }; },
  RegExp: function (value) {
    var text = String(value);
    return { t: 'regexp', source: value.source, flags: text.slice(text.lastIndexOf('/') + 1) };
  },
  Error: function (value, depth, seen) {
    return {
      t: 'error',
      ctor: constructorName(value),
      message: String(value.message),
      props: properties(value, depth, seen, function (name) { return name === 'stack'; })
    };
  },
  Number: function (value, depth, seen) {
    return { t: 'boxed', of: 'Number', v: describe(value.valueOf(), depth, seen) };
  },
  String: function (value, depth, seen) {
    return { t: 'boxed', of: 'String', v: describe(value.valueOf(), depth, seen) };
  },
  Boolean: function (value, depth, seen) {
    return { t: 'boxed', of: 'Boolean', v: describe(value.valueOf(), depth, seen) };
  },
  Symbol: function (value, depth, seen) {
    return { t: 'boxed', of: 'Symbol', v: describe(value.valueOf(), depth, seen) };
  },
  BigInt: function (value, depth, seen) {
    return { t: 'boxed', of: 'BigInt', v: describe(value.valueOf(), depth, seen) };
  },
  Arguments: function (value, depth, seen) {
    return { t: 'arguments', elements: elements(value, value.length, depth, seen) };
  },
  Map: function (value, depth, seen) {
    return {
      t: 'map',
      size: value.size,
      entries: entriesOf(value, depth, seen),
      props: properties(value, depth, seen)
    };
  },
  Set: function (value, depth, seen) {
    return {
      t: 'set',
      size: value.size,
      values: entriesOf(value, depth, seen).map(function (entry) { return entry[1]; }),
      props: properties(value, depth, seen)
    };
  },
  WeakMap: function () { return { t: 'weakmap' }; },
  WeakSet: function () { return { t: 'weakset' }; },
  WeakRef: function () { return { t: 'weakref' }; },
  FinalizationRegistry: named('FinalizationRegistry'),
  Promise: function () { return { t: 'promise' }; },
  Generator: generator,
  AsyncGenerator: generator,
  'Array Iterator': named('Array Iterator'),
  'Map Iterator': named('Map Iterator'),
  'Set Iterator': named('Set Iterator'),
  'String Iterator': named('String Iterator'),
  ArrayBuffer: buffer,
  SharedArrayBuffer: buffer,
  DataView: function (value) {
    return { t: 'dataview', offset: value.byteOffset, length: value.byteLength };
  }
};

function typedArray(value, tag) {
  return {
    t: 'typed',
    kind: Buffer.isBuffer(value) ? 'Buffer' : tag,
    length: value.length,
    elements: /^Big/.test(tag) ? bigNumbers(value) : bytes(value)
  };
}

function object(value, depth, seen) {
  return {
    t: 'object',
    ctor: Object.getPrototypeOf(value) === null ? null : constructorName(value),
    props: properties(value, depth, seen)
  };
}

function reference(value, depth, seen) {
  if (value === exports.HOLE) return { t: 'hole' };
  if (value === global) return { t: 'global' };
  var up = seen.lastIndexOf(value);
  if (up >= 0) return { t: 'circular', up: seen.length - up };

  var extra = noteOf(value);
  if (extra && extra.instead) return extra.instead(depth - 1, seen.concat([value]));
  if (typeof value === 'function') return functionOf(value);

  var tag = toStringTag.call(value).slice('[object '.length, -1);
  var isTyped = /^(Big)?(Ui|I)nt(8|16|32|64)(Clamped)?Array$|^Float(16|32|64)Array$/.test(tag);
  if (isTyped || Buffer.isBuffer(value)) return typedArray(value, tag);
  // The first engines with promises call them objects.
  if (tag === 'Object' && typeof Promise === 'function' && value instanceof Promise) {
    tag = 'Promise';
  }
  // A spoofed Symbol.toStringTag must not be taken for the real thing, and a
  // prototype object such as Error.prototype is an ordinary object.
  var make = byTag.hasOwnProperty(tag) ? byTag[tag] : object;
  if (depth <= 0) return { t: make === object ? 'object' : tag.toLowerCase(), cut: true };
  var result = make(value, depth - 1, seen.concat([value]));
  if (extra) for (var name in extra) result[name] = extra[name];
  return result;
}

function describe(value, depth, seen) {
  switch (typeof value) {
  case 'undefined': return { t: 'undefined' };
  case 'boolean': return { t: 'boolean', v: String(value) };
  case 'number': return { t: 'number', v: number(value) };
  case 'string': return string(value);
  case 'symbol': return { t: 'symbol', v: symbolText(value) };
  case 'bigint': return { t: 'bigint', v: String(value) };
  }
  return value === null ? { t: 'null' } : reference(value, depth, seen);
}

exports.describe = function (value, depth) { return describe(value, depth, []); };

// Lines at which the functions of a source text are defined: the line of each
// /*def:NAME*/ (a function with a name of its own) or /*anon:NAME*/ (one that
// the engine has to name).
exports.markers = function (file, source) {
  var found = {};
  source.split('\n').forEach(function (line, index) {
    var pattern = /\/\*(def|anon):([^*]+)\*\//g;
    for (var hit = pattern.exec(line); hit; hit = pattern.exec(line)) {
      found[hit[2]] = { file: file, line: index + 1, anonymous: hit[1] === 'anon' };
    }
  });
  return found;
};

// Writes the truth in pure ASCII and in one step, so that whoever waits for the
// file never reads half of it.
exports.publish = function (path, truth) {
  var fs = require('fs');
  var text = JSON.stringify(truth).replace(/[^\x20-\x7e]/g, function (unit) {
    return '\\u' + ('000' + unit.charCodeAt(0).toString(16)).slice(-4);
  });
  fs.writeFileSync(path + '.new', text + '\n');
  fs.renameSync(path + '.new', path);
};
