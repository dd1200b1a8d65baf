// Called by esm-first.mjs.

import { loop } from './esm-truth.mjs';

export class Second {
  method(count) { /*def:method*/
    const each = () => { /*def:each*/
      loop();
    };
    for (let i = 0; i < count; i++) {
      [i].forEach(each);
    }
  }
}
