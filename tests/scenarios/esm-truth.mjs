// What the programs of ES modules, esm-plain.mjs and esm-await.mjs, share: the
// truth about their stack, and the loop they stay in.
//
//   node esm-plain.mjs TRUTH spin
//
// The truth's `frames` are those in these files, innermost first: name, file,
// line of definition, line that is executed. A module itself has no name.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const tools = createRequire(import.meta.url)('./describe.js');
const files = ['truth', 'first', 'second', 'plain', 'await'].map((name) =>
  new URL(`./esm-${name}.mjs`, import.meta.url).href);

const markers = {};
for (const file of files) {
  Object.assign(markers, tools.markers(file, fs.readFileSync(fileURLToPath(file), 'utf8')));
}

// The frames of these files, from the caller out.
function frames() {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (error, sites) => sites;
  const sites = new Error().stack.slice(1);
  Error.prepareStackTrace = prepareStackTrace;
  return sites.filter((site) => files.includes(site.getFileName())).map((site) => {
    const name = site.getFunctionName();
    return {
      name,
      file: site.getFileName(),
      line: name ? markers[name].line : 1,
      exec: site.getLineNumber()
    };
  });
}

function publish(frames) {
  tools.publish(process.argv[2], { node: process.version, pid: process.pid, frames });
}

// One line, so that the line executed is the same before and in the loop.
export function loop() { /*def:loop*/ publish(frames()); for (;;) ; }
