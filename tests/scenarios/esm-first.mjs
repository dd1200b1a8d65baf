// Called by the program's own module.

import { Second } from './esm-second.mjs';

export default function first(count) { /*def:first*/
  const second = new Second();
  return second.method(
    count
  );
}
