// A small web service that keeps more of each visit than it means to: what
// docs/tutorial.md looks for. It visits itself, says so, and goes on serving.
//
//   node leak.js TRUTH END

'use strict';

const { EventEmitter } = require('events');
const http = require('http');
const tools = require('./describe.js');

const VISITS = 1000;

class Visit {
  constructor(user, page) {
    this.user = user;
    this.page = page;
    this.trail = new Array(50).fill(page);
  }
  close() { this.user = null; }
}

const lifecycle = new EventEmitter();
lifecycle.setMaxListeners(0);

function welcome(request, response) {
  const visit = new Visit('ada', request.url);
  lifecycle.on('shutdown', () => visit.close());
  response.end(`Hello, ${visit.user}\n`);
}

const server = http.createServer(welcome);

function visit(left) {
  if (left === 0) {
    tools.publish(process.argv[2], { node: process.version, pid: process.pid, visits: VISITS });
    return;
  }
  const { port } = server.address();
  http.get({ port, path: '/home', agent: false }, (response) => {
    response.resume();
    response.on('end', () => visit(left - 1));
  });
}

server.listen(0, '127.0.0.1', () => visit(VISITS));
