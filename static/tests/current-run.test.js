import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { CurrentRun } from '../js/run/current-run.js';

/** Stands in for the browser's; the test plays the server. */
class FakeWebSocket {
  static OPEN = 1;
  /** @type {FakeWebSocket} */
  static latest;
  readyState = 0;
  sent = [];

  constructor() {
    FakeWebSocket.latest = this;
  }

  open() {
    this.readyState = FakeWebSocket.OPEN;
    this.onopen();
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  receive(...frames) {
    for (const frame of frames) this.onmessage({ data: JSON.stringify(frame) });
  }

  close() {}
}

class FakeStorage {
  #kept = new Map();
  getItem = (key) => this.#kept.get(key) ?? null;
  setItem = (key, value) => this.#kept.set(key, value);
  removeItem = (key) => this.#kept.delete(key);
}

const RUNNING = { type: 'status', content: 'Running...', state: 'running' };
const frames = (...all) => all.map((one, at) => ({ execution_id: 'r', seq: at + 1, ...one }));
const out = (content) => ({ type: 'stdout', content });

/** A tab; `told` gathers what it heard, with a star where that was shown before. */
function tab() {
  globalThis.window = new EventTarget();
  const told = [];
  const run = new CurrentRun('run', {
    onBegin: () => {},
    onState: (state) => told.push(state),
    onOutput: ({ content }) => told.push(content + (run.isReplay ? '*' : '')),
    onEvent: ({ type }) => told.push(type),
    onCaughtUp: () => told.push('caught up'),
    onRestart: () => told.push('restart'),
  });
  return { run, told };
}

beforeEach(() => {
  globalThis.WebSocket = FakeWebSocket;
  globalThis.location = { protocol: 'http:', host: 'x' };
  globalThis.document = { body: { dataset: {} } };
  globalThis.sessionStorage = new FakeStorage();
});

test('after a reload, what was shown is told from what is new', () => {
  const log = frames(RUNNING, out('one'), out('two'), out('three'));
  const before = tab();
  before.run.start({ language: 'python', code: 'x', interactive: true });
  FakeWebSocket.latest.open();
  FakeWebSocket.latest.receive(...log.slice(0, 3));
  window.dispatchEvent(new Event('pagehide'));

  const { run, told } = tab();
  assert.equal(run.resume({ cols: 90, rows: 20 }), true);
  FakeWebSocket.latest.open();
  FakeWebSocket.latest.receive(...log);
  assert.deepEqual(told, ['connecting', 'running', 'one*', 'two*', 'caught up', 'three']);
  assert.deepEqual(FakeWebSocket.latest.sent, [
    { type: 'resume', execution_id: 'r', after_seq: 0 },
    { type: 'resize', cols: 90, rows: 20 },
  ]);
});

test('a program runs since when it began, also after a reload', () => {
  const before = tab();
  before.run.start({ language: 'python', code: 'x', interactive: true });
  FakeWebSocket.latest.open();
  const earliest = Date.now();
  FakeWebSocket.latest.receive(...frames(RUNNING));
  const { since } = before.run;
  assert.ok(since >= earliest);
  window.dispatchEvent(new Event('pagehide'));
  const { run } = tab();
  run.resume({ cols: 80, rows: 24 });
  assert.equal(run.since, since);
});

test('an installation is a state of its own, up to its end', () => {
  const { run, told } = tab();
  run.start({ language: 'python', code: 'x', interactive: true });
  FakeWebSocket.latest.open();
  FakeWebSocket.latest.receive(
    ...frames(
      { type: 'install_start', content: '', packages: ['six'] },
      out('Collecting six'),
      { type: 'install_complete', content: '' },
      RUNNING,
    ),
  );
  assert.deepEqual(told, [
    'connecting',
    'installing',
    'install_start',
    'Collecting six',
    'starting',
    'install_complete',
    'running',
  ]);
});

test('the terminal of an ended run is not told its size', () => {
  const { run } = tab();
  run.start({ language: 'python', code: 'x', interactive: true });
  FakeWebSocket.latest.open();
  run.resize({ cols: 70, rows: 20 });
  FakeWebSocket.latest.receive(
    ...frames({ type: 'complete', content: '', status: 'completed', exit_code: 0 }),
  );
  run.resize({ cols: 60, rows: 20 });
  assert.deepEqual(FakeWebSocket.latest.sent.slice(1), [{ type: 'resize', cols: 70, rows: 20 }]);
});

test('a run that was cleared away does not come back with a reload', () => {
  const before = tab();
  before.run.start({ language: 'python', code: 'x', interactive: true });
  FakeWebSocket.latest.open();
  FakeWebSocket.latest.receive(...frames(RUNNING, { type: 'complete', content: '' }));
  before.run.forget();
  window.dispatchEvent(new Event('pagehide'));
  assert.equal(tab().run.resume({ cols: 80, rows: 24 }), false);
});

test('Run pressed while a stop is on its way waits for it, and a second Stop takes that back', () => {
  const { run, told } = tab();
  const end = { type: 'complete', content: '', status: 'stopped' };
  const goOn = () => {
    run.start({ language: 'python', code: 'x', interactive: true });
    FakeWebSocket.latest.open();
    FakeWebSocket.latest.receive(...frames(RUNNING));
    run.restart(); // nothing is being stopped
    run.stop();
    run.restart();
    told.length = 0;
  };
  goOn();
  run.restart();
  FakeWebSocket.latest.receive(...frames(RUNNING, end));
  assert.deepEqual(told, ['stopped', 'restart']);
  goOn();
  run.stop();
  FakeWebSocket.latest.receive(...frames(RUNNING, end));
  assert.deepEqual(told, ['stopping', 'stopped']);
  goOn();
  run.stop();
  run.restart();
  FakeWebSocket.latest.receive(...frames(RUNNING, end));
  assert.deepEqual(told, ['stopping', 'restarting', 'stopped', 'restart']);
});
