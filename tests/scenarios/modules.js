// Installs packages below its directory, loads most of them, and stays in a function to
// be dumped: CommonJS and ES modules, scopes, one name in two versions, one package in
// another, and packages that nobody loads.
//
//   node modules.js TRUTH END

'use strict';

var fs = require('fs'), path = require('path');
var tools = require('./describe.js');

var app = path.join(process.cwd(), 'app');
var release = process.version.slice(1).split('.').map(Number);
// import() without an option.
var isModern = release[0] > 12 || release[0] === 12 && release[1] >= 17;
// import ... with { type: ... }.
var hasAttributes = release[0] >= 18;
var packages = [];

if (!fs.existsSync(app)) fs.mkdirSync(app);

function write(file, text) {
  file.split('/').slice(0, -1).reduce(function (above, name) {
    var dir = above + '/' + name;
    if (!fs.existsSync(dir)) fs.mkdirSync(dir);
    return dir;
  }, app);
  fs.writeFileSync(app + '/' + file, text);
}

// A package that loads others, by where it lies: "a/node_modules/b".
function install(dir, version, loads, more) {
  var manifest = { name: dir.split('node_modules/').pop(), version: version, dependencies: {} };
  Object.keys(more || {}).forEach(function (key) { manifest[key] = more[key]; });
  Object.keys(loads).forEach(function (name) { manifest.dependencies[name] = loads[name]; });
  packages.push(dir);
  write('node_modules/' + dir + '/package.json', JSON.stringify(manifest, null, 2));
  return Object.keys(loads);
}

function common(dir, version, loads, file, more) {
  var names = install(dir, version, loads, more);
  write('node_modules/' + dir + '/' + (file || 'index.js'), names.map(function (name) {
    return 'require(' + JSON.stringify(name) + ');';
  }).join('\n') + '\nexports.version = ' + JSON.stringify(version) + ';\n');
}

function installEs(dir, version, loads) {
  var names = install(dir, version, loads, { type: 'module', exports: './main.js' });
  write('node_modules/' + dir + '/main.js', names.map(function (name) {
    return 'import ' + JSON.stringify(name) + ';';
  }).join('\n') + '\nimport "fs";\nimport "./other.js?x=1#y";\nexport default 1;\n' +
    (hasAttributes ? 'import "./data.json" with { type: "json" };\n' : ''));
  write('node_modules/' + dir + '/other.js', 'export default 2;\n');
  write('node_modules/' + dir + '/data.json', '{}');
}

// A tree of 24: each has two below it.
for (var i = 0; i < 24; i++) {
  var below = {};
  [2 * i + 1, 2 * i + 2].forEach(function (other) {
    if (other < 24) below['p' + other] = '1.' + other + '.0';
  });
  common('p' + i, '1.' + i + '.0', below, i % 3 ? 'lib/main.js' : 'index.js',
    i % 3 ? { main: './lib/main' } : {});
}
common('@scope/one', '2.0.0-beta.1', { '@scope/two': '0.0.1', dup: '1.0.0' });
common('@scope/two', '0.0.1', {});
common('dup', '1.0.0', {});
common('left', '4.0.0', { dup: '2.0.0' });
common('left/node_modules/dup', '2.0.0', { deep: '3.0.0' });
common('left/node_modules/dup/node_modules/deep', '3.0.0', {});
common('right', '5.0.0', { left: '4.0.0' });
common('unused', '6.0.0', { 'unused-too': '6.0.1' });
common('unused-too', '6.0.1', {});
installEs('es-one', '7.0.0', { 'es-two': '7.0.1', '@scope/two': '0.0.1' });
installEs('es-two', '7.0.1', {});
var used = { p0: '1.0.0', '@scope/one': '2.0.0-beta.1', right: '5.0.0' };
write('index.js', Object.keys(used).map(function (name) {
  return 'require(' + JSON.stringify(name) + ');';
}).join('\n') + '\n');
var wanted = { unused: '6.0.0', 'es-one': '7.0.0' };
Object.keys(used).forEach(function (name) { wanted[name] = used[name]; });
write('package.json', JSON.stringify({ name: 'app', version: '8.0.0', dependencies: wanted }));

require(app + '/index.js');
// Files of ES modules with what they import.
var es = {};
function imports(name, others) {
  var dir = app + '/node_modules/' + name;
  es[dir + '/main.js'] = others.concat(name + '/other.js', hasAttributes ? name + '/data.json' : [])
    .map(function (file) { return app + '/node_modules/' + file; });
  es[dir + '/other.js'] = [];
}
if (isModern) {
  write('es.js', 'module.exports = import(\'es-one\');\n');
  imports('es-one', ['es-two/main.js', '@scope/two/index.js']);
  imports('es-two', []);
}

function hold() {
  var files = {};
  Object.keys(require.cache).forEach(function (file) {
    var children = require.cache[file].children;
    // What was imported from JSON is there too, but is no Module.
    if (children) files[file] = children.map(function (child) { return child.filename; });
  });
  tools.publish(process.argv[2], {
    app: app, file: module.filename, files: files, es: es,
    synthetic: Object.keys(es).length && hasAttributes ?
      ['es-one', 'es-two'].map(function (name) { return app + '/node_modules/' + name + '/data.json'; }) : [],
    packages: packages.filter(function (dir) { return isModern || dir.slice(0, 3) !== 'es-'; })
  });
  if (process.argv[3] === 'abort') process.abort();
  try { for (var spins = 0; ; spins = spins + 1 | 0) if (spins < 0) break; } finally { global.spins = 0; }
}
if (isModern) require(app + '/es.js').then(hold); else hold();
