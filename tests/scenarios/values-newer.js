// Kinds of value that came after ES5. Each block is compiled and run by itself
// (see values.js), so that an engine leaves out just what it does not know.

//# symbols
add('symbol', Symbol('described'));
add('symbolEmpty', Symbol());
add('symbolRegistered', Symbol.for('registered'));
add('symbolWellKnown', Symbol.iterator);
var keyed = { plain: 1 };
keyed[Symbol('own')] = 'by symbol';
keyed[Symbol.iterator] = 'well-known';
add('symbolKeys', keyed);
var slow = { gone: 1 };
slow[Symbol('slow')] = 'in a dictionary';
slow.kept = 2;
delete slow.gone;
add('symbolKeysDictionary', slow);
add('boxedSymbol', Object(Symbol('boxed')));

//# tags
add('symbolTag', { plain: 1, [Symbol('own')]: 'by symbol', [Symbol.toStringTag]: 'Tagged' });

//# classes
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
add('arrow', (a) => /*anon:arrowFunction*/ a);
const accessor = Object.getOwnPropertyDescriptor({ get accessor() { return 1; } }, 'accessor');
add('getterFunction', accessor.get);

//# subclasses of built-in classes
add('classExtendingArray', new (class List extends Array {})(1, 2, 3));
add('classExtendingError', new (class Failure extends Error {})('custom class'));
add('classExtendingMap', new (class Registry extends Map {})([['k', 'v']]));
add('classExtendingSet', new (class Names extends Set {})(['n']));
add('classExtendingBytes', new (class Octets extends Uint8Array {})([1, 2, 255]));

//# generators
function* many(a) { /*def:many*/ var got = yield a; return got; }
add('generatorFunction', many);
add('generatorFresh', note(many(1), { state: 'suspended', of: 'many' }));
var waiting = many(2);
waiting.next();
add('generatorWaiting', note(waiting, { state: 'suspended', of: 'many' }));
var closed = many(3);
closed.next();
closed.return(0);
add('generatorClosed', note(closed, { state: 'closed', of: 'many' }));
var extended = many(4);
extended.label = 'own property';
add('generatorProps', note(extended, { state: 'suspended', of: 'many' }));

//# async functions
add('asyncFunction', async function later() { /*def:later*/ });
add('asyncArrow', async () => /*anon:asyncArrowFunction*/ 1);
add('promiseOfAsync', note((async function () { await new Promise(() => {}); })(), {
  state: 'pending'
}));

//# async generators
async function* stream() { /*def:stream*/ yield 1; }
add('asyncGeneratorFunction', stream);
add('asyncGeneratorFresh', note(stream(), { state: 'suspended', of: 'stream', async: true }));

//# iterators
add('iteratorArray', [1, 2][Symbol.iterator]());
add('iteratorMap', new Map([['a', 1]]).entries());
add('iteratorSet', new Set(['a']).values());
add('iteratorString', 'text'[Symbol.iterator]());

//# maps and sets
add('map', new Map([['a', 1], [2, 'two'], [{ key: true }, [3]], [NaN, null]]));
add('mapEmpty', new Map());
var shrunk = new Map();
for (var i = 0; i < 40; i++) shrunk.set('k' + i, i);
for (var i = 0; i < 40; i++) if (i % 10) shrunk.delete('k' + i);
add('mapDeleted', shrunk);
var numbered = new Map();
for (var i = 0; i < 300; i++) numbered.set(i, 'value ' + i);
add('mapMany', numbered);
add('mapNested', new Map([['inner', new Map([['set', new Set([1])]])]]));
var selfish = new Map();
selfish.set('self', selfish);
add('mapCycle', selfish);
add('mapNullKeys', new Map([[null, undefined], [undefined, null]]));
var labelled = new Map([['entry', 1]]);
labelled.label = 'own property';
add('mapProps', labelled);
add('set', new Set(['a', 1, null, 1.5]));
add('setEmpty', new Set());
var trimmed = new Set([1, 2, 3, 4, 5]);
trimmed.delete(2);
trimmed.delete(5);
trimmed.add(6);
add('setDeleted', trimmed);

//# maps and sets without iterable arguments
var few = new Map();
few.set('a', 1);
few.set(2, [3]);
add('mapPlain', few);
var fewer = new Set();
fewer.add('a');
fewer.add(1.5);
add('setPlain', fewer);

//# weak collections
var weakKey = { key: 'weak' };
var weakOther = { key: 'other' };
kit.keep(weakKey);
kit.keep(weakOther);
var weak = new WeakMap();
weak.set(weakKey, 'value');
weak.set(weakOther, [1]);
add('weakMap', note(weak, { entries: kit.pairs([[weakKey, 'value'], [weakOther, [1]]]) }));
var weakSet = new WeakSet();
weakSet.add(weakKey);
add('weakSet', note(weakSet, { entries: kit.pairs([[weakKey, weakKey]]) }));
add('weakMapEmpty', note(new WeakMap(), { entries: [] }));

//# promises
var rejected = Promise.reject(new Error('refused'));
rejected.catch(function () {});
add('promisePending', note(new Promise(function () {}), { state: 'pending' }));
add('promiseResolved', note(Promise.resolve('settled'), {
  state: 'fulfilled', v: { t: 'string', length: 7, v: 'settled' }
}));
add('promiseOfObject', note(Promise.resolve({ a: [1] }), {
  state: 'fulfilled', v: kit.describe({ a: [1] })
}));
add('promiseRejected', note(rejected, { state: 'rejected' }));
var awaited = new Promise(function () {});
awaited.then(function () {});
awaited.then(function () {});
add('promiseAwaited', note(awaited, { state: 'pending' }));

//# promise subclass
class Task extends Promise {}
add('promiseSubclass', note(new Task(() => {}), { state: 'pending', of: 'Task' }));

//# proxies
var target = { proxied: true };
var handler = { mark: 'handler' };
add('proxy', kit.noteProxy(new Proxy(target, handler), target, handler));
add('proxyOfFunction', kit.noteProxy(new Proxy(function proxied() {}, handler), function proxied() {}, handler));
var revocable = Proxy.revocable({}, {});
revocable.revoke();
add('proxyRevoked', kit.noteProxy(revocable.proxy, null, null));

//# shared memory
add('sharedBytes', new Uint8Array(new SharedArrayBuffer(4)));
var sharedBuffer = new SharedArrayBuffer(3);
new Uint8Array(sharedBuffer).set([7, 8, 9]);
add('sharedBuffer', sharedBuffer);

//# resizable buffers
var resizable = new ArrayBuffer(4, { maxByteLength: 16 });
new Uint8Array(resizable).set([1, 2, 3, 4]);
add('resizableBuffer', resizable);
add('resizableBytes', new Uint8Array(resizable));
resizable.resize(8);

//# transferred buffers
var moved = new ArrayBuffer(8);
moved.transfer();
add('detachedBuffer', moved);

//# half floats
add('float16', new Float16Array([1.5, -2, 0.1, Infinity]));

//# big integers
add('bigint', 123n);
add('bigintZero', 0n);
add('bigintNegative', -45n);
add('bigintLarge', (1n << 200n) + 1n);
add('bigintLargeNegative', -(1n << 64n));
add('boxedBigint', Object(7n));
add('bigInt64', new BigInt64Array([1n, -2n]));
add('bigUint64', new BigUint64Array([(1n << 64n) - 1n]));

//# class fields
class Fielded {
  owner = 'someone';
  static count = 1;
  ['computed' + 1] = 2.5;
}
add('classFields', new Fielded());
add('classStatic', Fielded);

//# private fields
class Vault {
  #balance = 100;
  #history = ['opened'];
  total() { return this.#balance + this.#history.length; }
}
add('privateFields', note(new Vault(), { private: [
  { k: '#balance', v: { t: 'number', v: '100' } },
  { k: '#history', v: kit.describe(['opened']) }
] }));

//# private methods
class Account {
  owner = 'someone';
  #balance = 100;
  static #secret = 'static';
  #method() { return Account.#secret; }
  get #hidden() { return 1; }
  total() { return this.#balance + this.#method() + this.#hidden; }
}
add('privateMethods', note(new Account(), { private: [
  { k: '#balance', v: { t: 'number', v: '100' } }
] }));

//# error causes
add('errorCause', new Error('outer', { cause: new TypeError('inner') }));

//# aggregate errors
add('aggregate', new AggregateError([new Error('one'), 'two'], 'several'));

//# weak references
kit.keep(WeakRef);
add('weakRef', note(new WeakRef(kit.held), { v: kit.describe(kit.held) }));
const registry = new FinalizationRegistry(function () {});
registry.register(kit.held, 'token');
add('registry', registry);

//# regular expression flags
add('regexpSticky', /a/y);
add('regexpUnicode', /\u{61}/u);

//# named groups
add('regexpIndices', /(?<year>\d{4})/dgsuy);

//# sets in regular expressions
add('regexpSets', /[\p{L}--[a-z]]/v);

//# frozen and filled
add('float64Many', Float64Array.from({ length: 10 }, function (_, i) { return i / 4; }));
add('filled', Array.from({ length: 3 }).fill('filled'));
add('frozenDeep', Object.freeze({ list: Object.freeze([1, , 3]) }));
add('frozenHoleyDouble', Object.freeze([1.5, , 3.5]));

//# structured clones
add('structured', structuredClone({ map: new Map([[1, 2]]), date: new Date(1) }));

//# unusual properties
const odd = { __proto__: null, 'a-b': 1 };
odd[Symbol.for('r')] = { deep: Symbol('leaf') };
add('oddSymbolValues', odd);
add('accessorSymbol', Object.defineProperty({}, Symbol('lazy'), {
  get: function () { return 1; }, enumerable: true
}));
const spread = { ...{ a: 1, b: 2 }, c: 3 };
add('spread', spread);

//# block scopes
const made = [];
for (let turn = 0; turn < 3; turn++) made.push(() => turn);
kit.closure('loopTurn', made[1], { turn: 1 });
const constant = 'constant';
kit.keep(() => constant);
{
  let inBlock = { deep: true };
  kit.closure('block', () => [inBlock, constant], { inBlock });
}
