// Objects in every layout the engine has for them; functions.

module.exports = function (kit) {
  var add = kit.add;

  add('objectEmpty', {});
  add('objectFast', { a: 1, b: 'two', c: null, d: [1], e: { f: 1.25 } });

  // More properties than there is room for inside the object.
  var grown = {};
  for (var i = 0; i < 40; i++) grown['p' + i] = i % 3 ? i : 'text ' + i;
  add('objectGrown', grown);
  var many = {};
  for (i = 0; i < 1200; i++) many['key' + i] = i;
  add('objectMany', many);

  var dictionary = { first: 1, second: 'two', third: 3.5, fourth: {} };
  delete dictionary.first;
  dictionary.fifth = 5;
  add('dictionary', dictionary);
  add('dictionaryEmptied', (function (o) { delete o.a; delete o.b; return o; })({ a: 1, b: 2 }));

  add('numeric', { 0: 'zero', 1: 'one', 5: 'five' });
  add('numericSparse', { 7: 'seven', 100000: 'far', 4294967294: 'edge', 4294967295: 'beyond' });
  add('mixed', { b: 1, 2: 'two', a: 2, 0: 'zero', '-1': 'minus', '01': 'padded' });
  add('numericDouble', { 0: 1.5, 1: 2.5 });

  add('doubles', { x: 1.5, y: -2.25, z: 1e300 });
  // A field seen as a double is updated in place from then on.
  var point = { x: 0.5, y: 1 };
  for (i = 0; i < 5; i++) { point.x += 0.25; point.y += 0.5; }
  add('doublesMutable', point);
  function Vector(x, y, z) { /*def:Vector*/
    this.x = x;
    this.y = y;
    this.z = z;
  }
  add('vector', new Vector(1.5, 2, 'three'));
  add('vectors', [new Vector(1, 2, 3), new Vector(0.1, 0.2, 0.3), new Vector(null, {}, [])]);

  add('oddNames', { '': 'empty', 'a b': 'space', 'q"q': 'quote', 'n\nn': 'newline',
    '\xe9': 'latin', '\u65e5': 'wide', '__proto__x': 1, 'constructor': 'own' });

  add('accessors', Object.defineProperties({ plain: 1 }, {
    get: { get: function () { return 1; }, enumerable: true },
    set: { set: function () {}, enumerable: true },
    both: { get: function () { return 2; }, set: function () {} }
  }));
  var slow = Object.defineProperty({ gone: 1, kept: 2 }, 'lazy', {
    get: function () { return 3; }, configurable: true
  });
  delete slow.gone;
  add('accessorsDictionary', slow);
  add('accessorIndexed', Object.defineProperty({ 1: 'one' }, 0, {
    get: function () { return 'zero'; }, enumerable: true
  }));

  add('hidden', Object.defineProperty({ shown: 1 }, 'hidden', { value: 'not enumerable' }));
  add('readOnly', Object.defineProperty({}, 'fixed', { value: 7, enumerable: true }));
  add('frozen', Object.freeze({ a: 1, b: { c: 2 } }));
  add('sealed', Object.seal({ a: 1.5 }));
  add('nullPrototype', (function (o) { o.only = 'own'; return o; })(Object.create(null)));
  add('inheriting', Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true } }));

  // A constructor function, one without a name, and a prototype chain.
  function Animal(name) { /*def:Animal*/ this.name = name; }
  Animal.prototype.speak = function () { /*anon:speak*/ return this.name; };
  add('instance', new Animal('cat'));
  function Dog(name) { /*def:Dog*/
    Animal.call(this, name);
    this.tricks = ['sit'];
  }
  Dog.prototype = Object.create(Animal.prototype);
  Dog.prototype.constructor = Dog;
  add('derivedES5', new Dog('rex'));
  add('prototype', Animal.prototype);

  // Functions called as constructors reserve room that is later taken back.
  function Slack() { /*def:Slack*/ this.a = 1; }
  var slackers = [];
  for (i = 0; i < 12; i++) slackers.push(new Slack());
  slackers[11].late = 'added';
  add('slack', slackers);

  var cycle = { name: 'cycle', list: [] };
  cycle.self = cycle;
  cycle.list.push(cycle, { up: cycle.list });
  add('cycle', cycle);
  var shared = { shared: true };
  add('sharing', { a: shared, b: shared });

  var deepest = { level: 0 };
  for (i = 1; i < 12; i++) deepest = { level: i, inner: deepest };
  add('deep', deepest);

  add('functionNamed', function named(a, b) { /*def:named*/ return a + b; });
  var assigned = function () { /*anon:assignedFunction*/ };
  add('functionAssigned', assigned);
  add('functionMethod', { method: function () { /*anon:method*/ } }.method);
  add('functionBuiltin', Array.prototype.push);
  add('functionConstructor', Date);
  add('functionCompiled', new Function('a', 'return a'));
  add('functionBound', kit.note(assigned.bind({ mark: 'this' }, 1, 'two'), {
    instead: function () { return { t: 'bound', target: 'assignedFunction', args: 2 }; }
  }));
  var withProps = function withProps() { /*def:withProps*/ };
  withProps.label = 'own property';
  add('functionProps', withProps);

  add('argumentsObject', (function () { return arguments; })(1, 'two', null));
  add('argumentsMapped', (function (a, b) { a = 'changed'; return arguments; })(1, 2, 3));

  add('bytes', [new Buffer('buffer text'), new Buffer(0), new Buffer([0, 127, 128, 255])]);
  if (typeof Float64Array !== 'undefined' && !/^v0\.10/.test(process.version)) {
    var buffer = new ArrayBuffer(16);
    new Uint8Array(buffer).set([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    add('arrayBuffer', buffer);
    add('dataView', new DataView(buffer, 2, 9));
    add('int8', new Int8Array([1, -2, 127, -128]));
    add('uint8', new Uint8Array(buffer, 3, 5));
    add('uint8Clamped', new Uint8ClampedArray([300, -5, 7]));
    add('int16', new Int16Array([1, -2, 32767]));
    add('uint16', new Uint16Array([1, 65535]));
    add('int32', new Int32Array([1, -2, 2147483647]));
    add('uint32', new Uint32Array([1, 4294967295]));
    add('float32', new Float32Array([1.5, -0, 0.1]));
    add('float64', new Float64Array([Math.PI, NaN, 1e300]));
    add('typedEmpty', new Uint8Array(0));
    add('typedLong', new Float64Array(5000));
  }
};
