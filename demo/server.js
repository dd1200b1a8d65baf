// A small shop: one HTTP endpoint that takes an order, works out the price and
// has it charged. The payment "service" never answers, so the process hangs in
// the middle of a request, as a process does when somebody reaches for a
// debugger.
//
//   node server.js READY     READY: file to create when it hangs

'use strict';

const fs = require('fs');
const http = require('http');

class Order {
  constructor(customer, items) {
    this.customer = customer;
    this.items = items;
    this.placed = new Date(1700000000000);
    this.paid = false;
  }
}

const stock = new Map([['keyboard', 12], ['mouse', 0.5]]);

// A discount is a function that remembers its rate and how often it was used.
function makeDiscount(name, rate) {
  let used = 0;
  return function discount(price) {
    used += 1;
    return [name, used, price * (1 - rate)];
  };
}

function awaitPayment(order, amount) {
  fs.writeFileSync(process.argv[2], 'ready\n');
  while (!order.paid) continue;
}

function charge(order, amount, currency) {
  awaitPayment(order, amount);
  return { order, amount, currency };
}

function processOrder(order, discount) {
  const total = order.items.reduce((sum, item) => sum + item.price * item.count, 0);
  const [, , price] = discount(total);
  return charge(order, price, 'EUR');
}

const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', function handleOrder() {
    const { customer, items } = JSON.parse(body);
    const receipt = processOrder(new Order(customer, items), makeDiscount('loyalty', 0.125));
    response.end(JSON.stringify(receipt) + stock.size);
  });
});

server.listen(0, '127.0.0.1', () => {
  const { address: host, port } = server.address();
  const client = http.request({ host, port, method: 'POST', path: '/orders' });
  client.end(JSON.stringify({
    customer: 'Zoë',
    items: [
      { name: 'keyboard', price: 49.9, count: 1 },
      { name: 'mouse', price: 20, count: 2 }
    ]
  }));
});
