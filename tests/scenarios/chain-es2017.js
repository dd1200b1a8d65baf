// The part of the chain with the syntax of Node 8: classes, arrows, generators,
// async functions, proxies. Strict mode, so that receivers arrive unchanged.

'use strict';

const { HOLE, noteProxy } = require('./describe.js');

module.exports = function (record) {
  let proceed;
  const computed = 'computed' + 'Method';
  const tagged = Symbol('tagged');

  class Shape {
    constructor(name, sides) { /*def:Shape*/
      record('Shape', this, [name, sides]);
      this.name = name;
      this.draw({ mark: 'canvas' });
    }
    draw(canvas) { /*def:draw*/
      record('draw', this, [canvas], { params: ['canvas'] });
      return Square.make('static', -1.5);
    }
    static make(text, n) { /*def:make*/
      record('make', this, [text, n], { params: ['text', 'n'] });
      return holder.area;
    }
  }

  class Square extends Shape {
    // Until super() returns, a derived constructor's receiver is the hole, and
    // its stack slot stays so afterwards.
    constructor(side) { /*def:Square*/
      record('Square', HOLE, [side], { params: ['side'] });
      super('square', side);
    }
  }

  const holder = {
    mark: 'holder',
    get area() { /*def:get area*/
      record('get area', this, [], { params: [] });
      this.scale = 3;
      return 1;
    },
    set scale(factor) { /*def:set scale*/
      record('set scale', this, [factor], { params: ['factor'] });
      this[computed]('by a computed name');
    },
    [computed](text) { /*anon:computedMethod*/
      record('computedMethod', this, [text], { params: ['text'] });
      return this[tagged]({ text });
    },
    [tagged](object) { /*anon:symbolMethod*/
      record('symbolMethod', this, [object]);
      return arrow(1, 'to an arrow');
    }
  };

  const arrow = (n, text) => { /*anon:arrow*/
    record('arrow', undefined, [n, text], { params: ['n', 'text'] });
    return scoped(1);
  };

  function scoped(limit) { /*def:scoped*/
    const outerConst = { mark: 'const' };
    let reassigned = limit, whole = 5;
    for (let turn = 0; turn < limit; turn++) {
      const inBlock = 'block ' + turn;
      const read = () => [outerConst, reassigned, turn, inBlock, late, whole];
      reassigned = 2.5;
      whole = 1 << 30;
      record('scoped', this, [limit], {
        params: ['limit'],
        captured: { outerConst, reassigned, whole, late: HOLE, turn, inBlock },
        stack: { read }
      });
      return defaults('given', undefined);
    }
    const late = 'never';
  }

  // What the caller passed is on the stack, not the value a default puts in.
  const defaults = function (given, filled = 'default', also = given) { /*anon:defaults*/
    record('defaults', this, [given, undefined], { params: ['given', 'filled', 'also'] });
    return rest(filled, 2, 3.5, also);
  };

  function rest(first, ...others) { /*def:rest*/
    record('rest', this, [first, ...others], { params: ['first', '...others'] });
    return destructured({ x: 1, y: ['deep'] }, [first, 5]);
  }

  function destructured({ x, y: [deep] }, [head, ...tail]) { /*def:destructured*/
    record('destructured', this, arguments, { params: ['{ x, y: [deep] }', '[head, ...tail]'] });
    started(deep + x, tail.concat(head));
    return 'done';
  }

  // No await before the call, so it runs like any function.
  async function started(text, list) { /*def:started*/
    record('started', this, [text, list], { params: ['text', 'list'] });
    await asyncArrow(list);
  }

  const asyncArrow = async list => { /*anon:asyncArrow*/
    record('asyncArrow', undefined, [list], { params: ['list'] });
    return [...generator('kept', 7)];
  };

  // A resumed generator runs on a fresh frame with the arguments it was made
  // with.
  function* generator(text, n) { /*def:generator*/
    record('generator', this, [text, n], { params: ['text', 'n'] });
    yield template`a${n}b${text}`;
  }

  function template(strings, n, text) { /*def:template*/
    record('template', this, [strings, n, text]);
    return new Map([['key', 'value']]).forEach(visit, holder);
  }

  function visit(value, key, map) { /*def:visit*/
    record('visit', this, [value, key, map]);
    return new Promise(executor);
  }

  function executor(resolve, reject) { /*def:executor*/
    record('executor', this, [resolve, reject]);
    resolve(proxy.field);
  }

  const handler = {
    mark: 'handler',
    get(target, name, receiver) { /*def:trap*/
      record('trap', this, [target, name, receiver]);
      return Reflect.apply(reflected, { mark: 'reflected' }, [1, 'two']);
    }
  };
  const proxied = { mark: 'target' };
  const proxy = noteProxy(new Proxy(proxied, handler), proxied, handler);

  function reflected(n, text) { /*def:reflected*/
    record('reflected', this, [n, text]);
    return Array.from([n], fromItem);
  }

  function fromItem(item, index) { /*def:fromItem*/
    record('fromItem', this, [item, index]);
    return { mark: 'primitive', [Symbol.toPrimitive]: toPrimitive } + 1;
  }

  function toPrimitive(hint) { /*def:toPrimitive*/
    record('toPrimitive', this, [hint]);
    return Reflect.construct(function () { /*anon:constructed*/
      record('constructed', this, arguments);
      for (const item of iterable) this.item = item;
    }, ['reflected', 1]).item;
  }

  const iterable = {
    mark: 'iterable',
    *[Symbol.iterator]() { /*anon:iterator*/
      record('iterator', this, []);
      yield (() => { /*anon:arrowIife*/
        record('arrowIife', undefined, [], { params: [] });
        return proceed();
      })();
    }
  };

  return function startES2017(then) { /*def:startES2017*/
    record('startES2017', this, [then]);
    proceed = then;
    return new Square(4.25).name;
  };
};
