// Numbers, strings, oddballs, arrays, dates, regexps, errors.

module.exports = function (kit) {
  var add = kit.add;

  add('smi', 42);
  add('smiZero', 0);
  add('smiNegative', -17);
  add('smiMax', 2147483647);
  add('smiMin', -2147483648);
  add('beyondSmi', 2147483648);
  add('heapNumber', 4.7);
  add('minusZero', -0);
  add('nan', NaN);
  add('infinity', Infinity);
  add('minusInfinity', -Infinity);
  add('huge', 1e100);
  add('tiny', 5e-324);
  add('third', 1 / 3);
  add('powerOf31', Math.pow(2, 31));
  add('powerOf53', Math.pow(2, 53));
  add('largest', Number.MAX_VALUE);
  add('exponent21', 1e21);
  add('exponentBelow', 1e-7);

  add('yes', true);
  add('no', false);
  add('nothing', null);
  add('undef', undefined);

  add('empty', '');
  add('one', 'x');
  add('ascii', 'hello world');
  add('latin1', 'caf\xe9 na\xefve');
  add('twoByte', 'd\u011bti \u2211 \u65e5\u672c\u8a9e');
  add('emoji', 'smile \ud83d\ude00!');
  add('loneSurrogate', 'broken \ud83d here');
  add('quotes', 'say "hi" and \'bye\' \\ done');
  add('controls', 'line1\nline2\ttab\rcr\b\f\0nul\x1b[1m\x7f');
  add('separators', 'a\u2028b\u2029c\ufeffd');
  add('long', new Array(201).join('0123456789'));

  // Long enough that the engine builds a tree instead of copying.
  var left = 'the left part of a rope, ' + process.argv.length;
  var right = ' and its right part \u2211';
  add('cons', left + ' in one byte ' + left);
  add('consTwoByte', left + right);
  var deep = '';
  for (var i = 0; i < 300; i++) deep += 'piece number ' + i + ';';
  add('consDeep', deep);
  var flat = new Array(11).join('flat parent string ');
  flat.charCodeAt(0);
  add('sliced', flat.substring(5, 105));
  add('slicedTwoByte', JSON.parse('"' + new Array(21).join('\\u65e5 parent ') + '"').slice(3, 60));
  var key = 'made' + 'Key' + process.argv.length;
  var table = {};
  table[key] = 1;
  add('internalized', Object.keys(table)[0]);
  // Turned into a forwarding (thin) string by its use as a key, where the
  // engine has those.
  var thin = ['thin', 'string', process.argv.length].join(' ');
  table[thin] = 2;
  add('thin', thin);
  // Buffers past about a megabyte give strings whose text lies outside the
  // heap, where the release does that.
  add('external', new Buffer(new Array(1200001).join('e')).toString('binary'));
  add('externalTwoByte', new Buffer(new Array(600001).join('\u011b'), 'ucs2').toString('ucs2'));

  add('arrayEmpty', []);
  add('arrayOne', ['only']);
  add('arraySmi', [1, 2, 3]);
  add('arrayDouble', [1.5, -0, 2, NaN, Infinity]);
  add('arrayTagged', ['a', 1, null, true, undefined, 2.5, [], {}]);
  add('holeySmi', [1, , 3]);
  add('holeyDouble', [1.5, , 2.5]);
  add('holeyTagged', ['a', , 'c', , ]);
  add('arrayHoles', new Array(4));
  var grown = [];
  for (i = 0; i < 20; i++) grown.push(i * i);
  grown.length = 12;
  add('arrayGrown', grown);
  var named = [1, 2];
  named.extra = 'named';
  add('arrayNamed', named);
  var sparse = [];
  sparse[3] = 'three';
  sparse[70000] = 'far';
  sparse[500] = 500;
  add('arraySparse', sparse);
  add('arrayFrozen', Object.freeze([1, 'two', 3.5]));
  add('arraySealed', Object.seal([4, 'five']));
  add('arrayFixed', Object.preventExtensions([6, 'seven']));
  add('arrayNested', [[1, [2, [3, []]]], [[]]]);
  var long = [];
  for (i = 0; i < 1500; i++) long.push(i % 7 ? i : 'no. ' + i);
  add('arrayLong', long);

  add('date', new Date(1320886447123));
  add('dateEpoch', new Date(0));
  add('dateBefore', new Date(-86400000));
  add('dateInvalid', new Date(NaN));
  var dateNamed = new Date(5);
  dateNamed.label = 'with a property';
  add('dateNamed', dateNamed);

  add('regexp', /ab+c/);
  add('regexpFlags', /^\s*"(\w+)"\/$/gim);
  add('regexpEmpty', new RegExp(''));
  add('regexpUsed', (function (r) { r.exec('xyz'); return r; })(/y/g));

  add('error', new Error('plain message'));
  add('typeError', new TypeError('wrong type'));
  var coded = new RangeError('with properties');
  coded.code = 'ERANGE';
  coded.detail = { at: 3 };
  add('errorProps', coded);
  add('errorEmpty', new Error());
  add('errorThrown', (function () { try { null.field; } catch (e) { return e; } })());

  // Made at one place, so one's stack is what the other's will be when a script
  // asks for it.
  var twins = [1, 2].map(function twin(n) { return new TypeError('twin'); });
  var lines = twins[0].stack.split('\n    ').slice(1);
  twins.forEach(function (twin) { kit.note(twin, { stack: lines }); });
  add('errorStackText', twins[0]);
  add('errorStackFrames', twins[1]);

  add('boxedNumber', new Number(5));
  add('boxedString', new String('boxed'));
  add('boxedBoolean', new Boolean(false));
};
