// What `async.js` suspends in async generators, which older releases cannot read.

'use strict';

exports.consume = function (held, arrived) {
  async function* rows(gate) {
    await gate(); /*at:rows*/
    arrived();
    yield 1;
  }
  return async function consume(gate) {
    for await (const row of rows(gate)) held.push(row); /*at:consume*/
  };
};
