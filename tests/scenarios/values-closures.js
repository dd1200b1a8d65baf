// Functions with captured variables.

module.exports = function (kit) {
  function counter(start, unused) { /*def:counter*/
    var count = start;
    var label = 'counter at ' + start;
    var options = { step: 2 };
    return function next() { /*def:next*/
      count += options.step;
      return label + count;
    };
  }
  var next = counter(10, 'not captured');
  next();
  kit.closure('counter', next, { count: 12, label: 'counter at 10', options: { step: 2 } });

  // Both functions share one context, so each shows what the other captured.
  function pair(left, right) { /*def:pair*/
    return {
      left: function () { /*anon:left*/ return left; },
      right: function () { /*anon:right*/ return right; }
    };
  }
  var both = pair('left value', [1, 2.5]);
  kit.closure('shared', both.left, { left: 'left value', right: [1, 2.5] });

  function outer(first) { /*def:closureOuter*/
    return function middle(second) { /*def:closureMiddle*/
      return function inner() { /*def:closureInner*/ return first + second; };
    };
  }
  kit.closure('nested', outer('of outer')('of middle'), { second: 'of middle' });

  function kinds(number, nothing, undef, yes, fn, date) { /*def:kinds*/
    return function () { /*anon:capturing*/ return [number, nothing, undef, yes, fn, date]; };
  }
  var kindsOf = [-1.5, null, undefined, true, counter, new Date(1000)];
  kit.closure('kinds', kinds.apply(null, kindsOf), {
    number: kindsOf[0], nothing: kindsOf[1], undef: kindsOf[2],
    yes: kindsOf[3], fn: kindsOf[4], date: kindsOf[5]
  });

  // From 75 captured variables on, newer engines keep their names in a table.
  var names = [];
  for (var i = 0; i < 90; i++) names.push('v' + i);
  var many = new Function('var ' + names.map(function (name, index) {
    return name + ' = ' + index;
  }).join(', ') + ';\nreturn function () { return [' + names.join(', ') + ']; };')();
  var variables = {};
  names.forEach(function (name, index) { variables[name] = index; });
  kit.closure('many', many, variables);

  function recursive(n) { /*def:recursive*/
    var self = function me(k) { /*def:me*/ return k ? me(k - 1) : n; };
    return self;
  }
  kit.closure('selfNamed', recursive(3), { n: 3 });
};
