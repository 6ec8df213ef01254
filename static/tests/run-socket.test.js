import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { RunSocket } from '../js/run/run-socket.js';

const REQUEST = { language: 'python', code: 'x', interactive: true };

/** Stands in for the browser's; the test plays the server. */
class FakeWebSocket {
  static OPEN = 1;
  /** @type {FakeWebSocket[]} */
  static made = [];
  readyState = 0;
  sent = [];

  constructor() {
    FakeWebSocket.made.push(this);
  }

  open() {
    this.readyState = FakeWebSocket.OPEN;
    this.onopen();
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  receive(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  close(code) {
    this.closedWith = code;
  }

  lose(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

/** @returns what the socket told its owner */
function follow(first = REQUEST) {
  const told = { frames: [], links: [], endings: [] };
  const socket = new RunSocket('ws://x/ws/execute', first, {
    onFrame: (frame) => told.frames.push(frame.content),
    onLink: (connected) => told.links.push(connected),
    onEnd: (ending) => told.endings.push(ending),
  });
  return { socket, told };
}

const latest = () => FakeWebSocket.made.at(-1);
const frame = (seq, content, type = 'stdout') => ({ type, content, seq, execution_id: 'run' });

beforeEach(() => {
  FakeWebSocket.made = [];
  globalThis.WebSocket = FakeWebSocket;
  globalThis.window = new EventTarget();
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

test('the request is the first frame, and the last frame ends it', () => {
  const { told } = follow();
  latest().open();
  assert.deepEqual(latest().sent, [REQUEST]);
  latest().receive(frame(1, 'done', 'complete'));
  latest().lose(1000);
  assert.deepEqual(told.endings, ['done']);
});

test('a lost connection is taken up after the last frame seen, and no frame comes twice', () => {
  const { told } = follow();
  latest().open();
  latest().receive(frame(1, 'one'));
  latest().receive(frame(2, 'two'));
  latest().lose();
  mock.timers.tick(0);
  latest().open();
  assert.deepEqual(latest().sent, [{ type: 'resume', execution_id: 'run', after_seq: 2 }]);
  latest().receive(frame(2, 'two'));
  latest().receive(frame(3, 'three'));
  assert.deepEqual(told.frames, ['one', 'two', 'three']);
  assert.deepEqual(told.links, [false, true]);
});

test('what is sent meanwhile waits for the connection', () => {
  const { socket } = follow();
  latest().open();
  latest().receive(frame(1, 'one'));
  latest().lose();
  socket.sendInput('typed\n');
  socket.stop();
  mock.timers.tick(0);
  latest().open();
  assert.deepEqual(
    latest().sent.map((message) => message.type),
    ['resume', 'stdin', 'stop'],
  );
});

test('a long paste is sent in parts that fit a frame, and no character is cut in two', () => {
  const { socket } = follow();
  latest().open();
  const paste = `x${'\u{1F600}'.repeat(50_000)}${'\u0001'.repeat(50_000)}`;
  socket.sendInput(paste);
  const sent = latest().sent.slice(1);
  assert.equal(sent.map(({ data }) => data).join(''), paste);
  for (const message of sent) {
    assert.ok(message.data.isWellFormed());
    assert.ok(Buffer.byteLength(JSON.stringify(message)) < 64 * 1024);
  }
});

test('a connection that never came about is unreachable, and the program is not sent again', () => {
  const { told } = follow();
  latest().lose();
  mock.timers.tick(60_000);
  assert.deepEqual(told.endings, ['unreachable']);
  assert.equal(FakeWebSocket.made.length, 1);
});

test('a run that cannot be reached within the grace is lost', () => {
  const { told } = follow();
  latest().open();
  latest().receive(frame(1, 'one'));
  for (let tries = 0; tries < 8 && told.endings.length === 0; tries += 1) {
    latest().lose();
    mock.timers.tick(4000);
  }
  assert.deepEqual(told.endings, ['lost']);
});

test('going offline drops the connection without stopping the run; online tries at once', () => {
  const { told } = follow();
  latest().open();
  latest().receive(frame(1, 'one'));
  const first = latest();
  window.dispatchEvent(new Event('offline'));
  assert.notEqual(first.closedWith, 1000);
  assert.deepEqual(told.links, [false]);
  window.dispatchEvent(new Event('online'));
  assert.notEqual(latest(), first);
  latest().open();
  assert.deepEqual(told.links, [false, true]);
});

test('giving up closes with 1000, which stops the run', () => {
  const { socket, told } = follow();
  latest().open();
  latest().receive(frame(1, 'one'));
  socket.abandon();
  assert.equal(latest().closedWith, 1000);
  assert.deepEqual(told.endings, ['abandoned']);
});
