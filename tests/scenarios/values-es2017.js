// Kinds of value that Node 8 has: classes, symbols, collections, promises.

'use strict';

module.exports = function (kit) {
  const { add, note } = kit;

  add('symbol', Symbol('described'));
  add('symbolEmpty', Symbol());
  add('symbolRegistered', Symbol.for('registered'));
  add('symbolWellKnown', Symbol.iterator);
  add('symbolKeys', { plain: 1, [Symbol('own')]: 'by symbol', [Symbol.toStringTag]: 'Tagged' });
  const slow = { gone: 1, [Symbol('slow')]: 'in a dictionary', kept: 2 };
  delete slow.gone;
  add('symbolKeysDictionary', slow);

  class Point {
    constructor(x, y) {
      this.x = x;
      this.y = y;
    }
    get length() { return 1; }
    static origin() { return new Point(0, 0); }
  }
  class Point3D extends Point {
    constructor(x, y, z) {
      super(x, y);
      this.z = z;
    }
  }
  add('classInstance', new Point(3, 4.5));
  add('classDerived', new Point3D(1, 2, 3));
  add('class', Point);
  add('classAnonymous', class {});
  add('classMethod', Point.origin);
  add('classExtendingArray', new (class List extends Array {})(1, 2, 3));
  add('classExtendingError', new (class Failure extends Error {})('custom class'));
  add('classExtendingMap', new (class Registry extends Map {})([['k', 'v']]));

  add('arrow', (a) => /*anon:arrowFunction*/ a);
  add('asyncFunction', async function later() { /*def:later*/ });
  add('generatorFunction', function* many() { /*def:many*/ });
  add('generatorObject', (function* suspended() { yield 1; })());
  const { accessor } = Object.getOwnPropertyDescriptors({ get accessor() { return 1; } });
  add('getterFunction', accessor.get);

  add('map', new Map([['a', 1], [2, 'two'], [{ key: true }, [3]], [NaN, null]]));
  add('mapEmpty', new Map());
  const shrunk = new Map();
  for (let i = 0; i < 40; i++) shrunk.set('k' + i, i);
  for (let i = 0; i < 40; i++) if (i % 10) shrunk.delete('k' + i);
  add('mapDeleted', shrunk);
  add('mapMany', new Map(Array.from({ length: 300 }, (_, i) => [i, 'value ' + i])));
  add('mapNested', new Map([['inner', new Map([['set', new Set([1])]])]]));
  const selfish = new Map();
  selfish.set('self', selfish);
  add('mapCycle', selfish);
  add('set', new Set(['a', 1, null, 1.5]));
  add('setEmpty', new Set());
  const trimmed = new Set([1, 2, 3, 4, 5]);
  trimmed.delete(2);
  trimmed.delete(5);
  trimmed.add(6);
  add('setDeleted', trimmed);
  add('weakMap', new WeakMap([[Point, 1]]));
  add('weakSet', new WeakSet([Point]));

  const rejected = Promise.reject(new Error('refused'));
  rejected.catch(() => {});
  add('promisePending', note(new Promise(() => {}), { state: 'pending' }));
  add('promiseResolved', note(Promise.resolve('settled'), {
    state: 'fulfilled', v: { t: 'string', length: 7, v: 'settled' }
  }));
  add('promiseRejected', note(rejected, { state: 'rejected' }));

  const target = { proxied: true };
  const handler = { mark: 'handler' };
  add('proxy', kit.noteProxy(new Proxy(target, handler), target, handler));

  add('boxedSymbol', Object(Symbol('boxed')));
  add('sharedBuffer', new Uint8Array(new SharedArrayBuffer(4)));

  // Block scopes, a loop's own binding per turn, `this` kept by an arrow.
  const made = [];
  for (let turn = 0; turn < 3; turn++) made.push(() => turn);
  kit.closure('loopTurn', made[1], { turn: 1 });
  const constant = 'constant';
  {
    let inBlock = { deep: true };
    kit.closure('block', () => [inBlock, constant], { inBlock });
  }
};
