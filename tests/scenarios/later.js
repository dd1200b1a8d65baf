// Runs the chain from an async function that has already waited: there is no
// script below it on the stack, only the engine's microtask loop, and its
// frame was rebuilt from what was saved at the await.

'use strict';

module.exports = function (record, run) {
  async function resumed(n, text) { /*def:resumed*/
    await null;
    record('resumed', this, [n, text]);
    return run(0);
  }
  resumed.call({ mark: 'awaited on' }, 5, 'kept');
};
