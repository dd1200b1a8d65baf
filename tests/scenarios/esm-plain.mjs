// A program of ES modules, see esm-truth.mjs.

import first from './esm-first.mjs';

first(3);
