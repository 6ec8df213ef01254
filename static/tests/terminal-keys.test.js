import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { TerminalKeys } from '../js/terminal/terminal-keys.js';

const RUNNING = { open: true, selected: false, rows: 25 };
const ENDED = { open: false, selected: false, rows: 25 };
const key = (name, modifiers = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...modifiers,
});
const ctrl = (name) => key(name, { ctrlKey: true });

let keys;
beforeEach(() => {
  keys = new TerminalKeys();
});

test('while a program runs every key is its own, Tab and Escape too', () => {
  for (const pressed of [
    key('a'),
    key('Tab'),
    key('Escape'),
    key('ArrowUp'),
    ctrl('c'),
    ctrl('d'),
  ]) {
    assert.equal(keys.use(pressed, RUNNING), 'program');
    keys = new TerminalKeys();
  }
});

test('Escape and then Tab leaves, in either direction', () => {
  keys.use(key('Escape'), RUNNING);
  assert.equal(keys.use(key('Tab'), RUNNING), 'page');
  keys.use(key('Escape'), RUNNING);
  keys.use(key('Shift'), RUNNING);
  assert.equal(keys.use(key('Tab', { shiftKey: true }), RUNNING), 'page');
});

test('Escape counts for the very next key alone', () => {
  keys.use(key('Escape'), RUNNING);
  keys.use(key('a'), RUNNING);
  assert.equal(keys.use(key('Tab'), RUNNING), 'program');
});

test('Ctrl+C copies what is selected and otherwise interrupts; Ctrl+V pastes', () => {
  assert.equal(keys.use(ctrl('c'), { ...RUNNING, selected: true }), 'page');
  assert.equal(keys.use(ctrl('c'), RUNNING), 'program');
  assert.equal(keys.use(ctrl('v'), RUNNING), 'page');
});

test('afterwards keys scroll, and the page has the rest', () => {
  assert.deepEqual(keys.use(key('ArrowUp'), ENDED), { lines: -1 });
  assert.deepEqual(keys.use(key('PageDown'), ENDED), { lines: 24 });
  assert.equal(keys.use(key('Home'), ENDED), 'top');
  assert.equal(keys.use(key('Tab'), ENDED), 'page');
  assert.equal(keys.use(key('a'), ENDED), 'page');
});
