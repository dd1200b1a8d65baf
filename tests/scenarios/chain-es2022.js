// The part of the chain with the syntax of Node 16 and 18: private methods,
// field initializers, static blocks, async generators.

'use strict';

const { note } = require('./describe.js');

module.exports = function (record) {
  let proceed;

  function optional(maybe) { /*def:optional*/
    record('optional', this, [maybe]);
    return maybe?.call?.({ mark: 'optional receiver' }, 12345678901234567890n);
  }

  function withBigInt(big) { /*def:withBigInt*/
    record('withBigInt', this, [big]);
    new Account('opened', 100).deposit(50);
  }

  class Account {
    #balance;
    constructor(state, balance) {
      this.state = state;
      this.#balance = balance;
      // What it will be when the stack is described.
      note(this, { private: [{ k: '#balance', v: { t: 'number', v: '150' } }] });
    }
    deposit(amount) { /*def:deposit*/
      record('deposit', this, [amount]);
      return this.#add(amount, Symbol('reason'));
    }
    #add(amount, reason) { /*def:#add*/
      record('#add', this, [amount, reason]);
      this.#balance += amount;
      return Account.#audit(this.#balance);
    }
    static #audit(total) { /*def:#audit*/
      record('#audit', this, [total]);
      return new Fields();
    }
  }

  // A class without a constructor gets one, and its initializers are gathered in
  // a hidden function; where either begins is the engine's affair, so the class
  // has one line only.
  class Fields { field = fromField(this); } /*def:Fields*/ /*def:fields*/

  function fromField(self) { /*def:fromField*/
    record('Fields', self, []);
    record('fields', self, []);
    record('fromField', this, [self]);
    // One function runs all static blocks of a class; V8 12 lets it begin where
    // the class does.
    class WithBlock { static { /*def:staticBlock*/
        record('staticBlock', this, []);
        asyncGenerator('first').next('ignored');
      } }
    return WithBlock;
  }

  // Runs up to its first await or yield inside the call of next().
  async function* asyncGenerator(text) { /*def:asyncGenerator*/
    record('asyncGenerator', this, [text]);
    yield [1, 2].findLast(lastItem);
  }

  function lastItem(item, index, all) { /*def:lastItem*/
    record('lastItem', this, [item, index, all]);
    return proceed();
  }

  return function startES2022(then) { /*def:startES2022*/
    record('startES2022', this, [then]);
    proceed = then;
    return optional(withBigInt);
  };
};
