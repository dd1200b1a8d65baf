// A program of ES modules, see esm-truth.mjs, that has waited at its top level.

import first from './esm-first.mjs';

const { default: same } = await import('./esm-first.mjs');

await null;

same(first === same ? 3 : 0);
