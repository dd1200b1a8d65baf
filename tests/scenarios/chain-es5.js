// The part of the chain that every engine runs. Sloppy mode, so that plain
// calls receive the global object and primitive receivers are boxed.

var EventEmitter = require('events').EventEmitter;
var path = require('path');
var vm = require('vm');

module.exports = function (record, learn) {
  var proceed;

  function outer(count, label) { /*def:outer*/
    record('outer', this, [count, label]);
    function inner(text) { /*def:inner*/
      record('inner', this, [text]);
      // `count` is captured, so it lives in a context as well as on the stack.
      return assigned(count + 0.5, text, null);
    }
    return inner('nested ' + label);
  }

  var assigned = function (half, text, nothing) { /*anon:assigned*/
    record('assigned', this, [half, text, nothing]);
    return holder.method({ mark: 'first argument', n: 1 }, [1, 2, 3]);
  };

  var holder = { mark: 'holder' };
  holder.method = function (object, list) { /*anon:holder.method*/
    record('holder.method', this, [object, list]);
    return literal.greet(true, undefined);
  };

  var literal = {
    mark: 'literal',
    greet: function (yes, undef) { /*anon:literal.greet*/
      record('literal.greet', this, [yes, undef]);
      return (function (flag) { /*anon:iife*/
        record('iife', this, [flag]);
        return new Widget('gizmo', -7).kept;
      })(false);
    }
  };

  function Widget(name, size) { /*def:Widget*/
    record('Widget', this, [name, size]);
    this.name = name;
    this.kept = this.render(1e100, NaN);
  }

  Widget.prototype.render = function (huge, nan) { /*anon:Widget.render*/
    record('Widget.render', this, [huge, nan]);
    return gauge.level;
  };

  var gauge = Object.defineProperty({ mark: 'gauge' }, 'level', {
    get: function readLevel() { /*def:readLevel*/
      record('readLevel', this, []);
      return 'x'.length + eachOf(['only']);
    }
  });

  function eachOf(list) { /*def:eachOf*/
    record('eachOf', this, [list]);
    var result;
    list.forEach(function eachItem(item, index, all) { /*def:eachItem*/
      record('eachItem', this, [item, index, all]);
      result = mapped();
    }, { mark: 'receiver given to forEach' });
    return result;
  }

  function mapped() { /*def:mapped*/
    record('mapped', this, []);
    return ['a'].map(function (letter) { /*anon:mapper*/
      // Called with (item, index, array): two more than declared.
      record('mapper', this, arguments);
      return [9, 8].sort(compare)[0];
    })[0];
  }

  // A sort of two compares once, on the way down only.
  function compare(a, b) { /*def:compare*/
    record('compare', this, [a, b]);
    bound('given');
    return 0;
  }

  var bound = function target(preset, given) { /*def:target*/
    record('target', this, [preset, given]);
    return surplus.apply({ mark: 'applied to' }, [1, 'two', 3.5, [4], { five: 5 }]);
  }.bind({ mark: 'bound to' }, 'preset');

  function surplus(first, second) { /*def:surplus*/
    record('surplus', this, arguments);
    return missing('only one');
  }

  function missing(one, two, three, four) { /*def:missing*/
    record('missing', this, arguments);
    return '' + { mark: 'converted', toString: stringify };
  }

  function stringify() { /*def:stringify*/
    record('stringify', this, []);
    return 'abc'.replace(/b/, replacer);
  }

  function replacer(match, offset, whole) { /*def:replacer*/
    record('replacer', this, [match, offset, whole]);
    return JSON.stringify({ mark: 'to JSON', toJSON: toJSON });
  }

  function toJSON(key) { /*def:toJSON*/
    record('toJSON', this, [key]);
    emitter.emit('tick', 42, { mark: 'event' });
    return 'done';
  }

  var emitter = new EventEmitter();
  emitter.on('tick', function onTick(n, event) { /*def:onTick*/
    record('onTick', this, [n, event]);
    evaluated(-1073741825, 'into eval');
  });

  var evalText = '\n(function evaluated(n, text) { /*def:evaluated*/\n' +
    '  record("evaluated", this, [n, text]);\n' +
    '  return compiled(text, afterCompiled);\n' +
    '})';
  learn(null, evalText);
  var evaluated = eval(evalText);

  // Its first line is the engine's own: "function anonymous(...".
  var compiled = new Function('text', 'then', '/*def:compiled*/ return then(text, this);');
  function afterCompiled(text, receiver) { /*def:afterCompiled*/
    record('compiled', receiver, [text, afterCompiled]);
    record('afterCompiled', this, [text, receiver]);
    return inContext(new Date(86400000), /x+y/gi);
  }
  learn(null, '/*def:compiled*/', String(compiled));

  var vmFile = path.join(__dirname, 'compiled-by-vm.js');
  var vmText = '(function (record, then) {\n' +
    '  return function inContext(date, pattern) { /*def:inContext*/\n' +
    '    record("inContext", this, [date, pattern]);\n' +
    '    return then(date);\n' +
    '  };\n' +
    '})';
  learn(vmFile, vmText);
  var inContext = vm.runInThisContext(vmText, vmFile)(record, strictPlain);

  function strictPlain(date) { /*def:strictPlain*/
    'use strict';
    record('strictPlain', this, [date]);
    return strictPrimitive.call(42, Widget, -0);
  }

  function strictPrimitive(fn, minusZero) { /*def:strictPrimitive*/
    'use strict';
    record('strictPrimitive', this, [fn, minusZero]);
    return sloppyPrimitive.call('text', minusZero);
  }

  function sloppyPrimitive(minusZero) { /*def:sloppyPrimitive*/
    record('sloppyPrimitive', this, [minusZero]);
    return keeping(7.5);
  }

  function keeping(n, absent) { /*def:keeping*/
    var captured = { mark: 'captured' }, plain = 'on the stack', list = [1, n];
    var doubled = n * 2 + 0.5, unset;
    function peek() { n = 'assigned'; return [captured, doubled]; }
    record('keeping', this, [n], {
      params: ['n', 'absent'],
      captured: { n: (peek(), n), captured: captured, doubled: doubled },
      stack: { plain: plain, list: list, unset: unset, peek: peek }
    });
    return catching(peek, plain, list, unset);
  }

  var catching = function (peek) { /*anon:catching*/
    try {
      throw new TypeError('kept');
    } catch (thrown) {
      var throwing = function () { throw thrown; };
      record('catching', this, arguments, {
        params: ['peek'],
        captured: { thrown: thrown },
        stack: { throwing: throwing, arguments: arguments }
      });
      return recurse(3);
    }
  };

  function recurse(left) { /*def:recurse*/
    record('recurse', this, [left], { params: ['left'], captured: {}, stack: {} });
    if (left > 0) return recurse(left - 1);
    return guarded('caught');
  }

  function guarded(text) { /*def:guarded*/
    record('guarded', this, [text], { params: ['text'] });
    try {
      throw new Error(text);
    } catch (error) {
      try {
        return dynamic({ mark: 'with', field: 1 });
      } finally {
        error = null;
      }
    }
  }

  function dynamic(scope) { /*def:dynamic*/
    record('dynamic', this, [scope], { params: ['scope'], captured: {}, stack: {} });
    with (scope) {
      return naïve_函数(field, 'é ∑ 😀');
    }
  }

  function naïve_函数(one, text) { /*def:naïve_函数*/
    record('naïve_函数', this, [one, text]);
    return multiLine(one,
      text);
  }

  function multiLine( /*def:multiLine*/
    one,
    text
  ) {
    record('multiLine', this, [one, text], { params: ['one', 'text'] });
    return proceed();
  }

  return function startES5(then) { /*def:startES5*/
    record('startES5', this, [then]);
    proceed = then;
    return outer(12, 'start');
  };
};
