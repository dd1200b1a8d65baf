// Kinds of value that Node 18 has: private members, bigints, weak references.

'use strict';

module.exports = function (kit) {
  const { add, note } = kit;

  add('bigint', 123n);
  add('bigintZero', 0n);
  add('bigintNegative', -45n);
  add('bigintLarge', 2n ** 200n + 1n);
  add('bigintLargeNegative', -(2n ** 64n));
  add('boxedBigint', Object(7n));
  add('bigInt64', new BigInt64Array([1n, -2n]));
  add('bigUint64', new BigUint64Array([2n ** 64n - 1n]));

  class Account {
    owner = 'someone';
    #balance = 100;
    #history = ['opened'];
    static count = 1;
    static #secret = 'static';
    #method() { return Account.#secret; }
    total() { return this.#balance + this.#history.length + this.#method(); }
  }
  add('privateFields', note(new Account(), { private: [
    { k: '#balance', v: { t: 'number', v: '100' } },
    { k: '#history', v: { t: 'array', length: 1, props: [],
      elements: [{ t: 'string', length: 6, v: 'opened' }] } }
  ] }));
  add('classStatic', Account);

  add('errorCause', new Error('outer', { cause: new TypeError('inner') }));
  add('aggregate', new AggregateError([new Error('one'), 'two'], 'several'));
  add('weakRef', new WeakRef(Account));
  add('regexpIndices', /(?<year>\d{4})/dgsuy);
  add('float64Many', Float64Array.from({ length: 10 }, (_, i) => i / 4));
  add('resizable', Array.from({ length: 3 }).fill('filled'));
  add('structured', structuredClone({ map: new Map([[1, 2]]), date: new Date(1) }));
  add('frozenDeep', Object.freeze({ list: Object.freeze([1, , 3]) }));
  add('nullMapKey', new Map([[null, undefined], [undefined, null]]));
};
