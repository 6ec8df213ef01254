import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPressed, keyWords } from '../js/commands/keys.js';
import { fit } from '../js/commands/match.js';

/** @param {Partial<import('../js/commands/keys.js').Key>} key */
function pressed(key) {
  return {
    key: '',
    code: '',
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...key,
  };
}

test('keys are pressed with just the modifiers that they name', () => {
  const stop = pressed({ key: 'S', ctrlKey: true, shiftKey: true });
  assert.ok(isPressed(stop, 'Mod+Shift+S', false));
  assert.ok(!isPressed(stop, 'Mod+S', false));
  assert.ok(!isPressed({ ...stop, altKey: true }, 'Mod+Shift+S', false));
  assert.ok(isPressed(pressed({ key: 'F1' }), 'F1', false));
  assert.ok(!isPressed(pressed({ key: 'F1', shiftKey: true }), 'F1', false));
});

test('on a Mac Control and a letter edit text, and Control and Enter run', () => {
  assert.ok(!isPressed(pressed({ key: 'k', ctrlKey: true }), 'Mod+K', true));
  assert.ok(isPressed(pressed({ key: 'k', metaKey: true }), 'Mod+K', true));
  assert.ok(isPressed(pressed({ key: 'Enter', ctrlKey: true }), 'Mod+Enter', true));
});

test('keys are written as the machine has them', () => {
  assert.equal(keyWords('Mod+Shift+S', false), 'Ctrl Shift S');
  assert.equal(keyWords('Mod+Shift+S', true), '⌘ ⇧ S');
  assert.equal(keyWords('Mod+Enter', true), '⌘ ⏎');
});

test('what is typed fits by its letters in their order, best at the beginnings of words', () => {
  const labels = ['Clear the output', 'Run the program', 'Stop the program', 'Past runs'];
  /** @param {string} typed */
  const best = (typed) =>
    labels
      .map((label) => ({ label, score: fit(typed, label) }))
      .filter(({ score }) => score !== null)
      .sort((a, b) => Number(b.score) - Number(a.score))
      .map(({ label }) => label);
  assert.equal(best('run')[0], 'Run the program');
  assert.equal(best('stp')[0], 'Stop the program');
  assert.equal(best('co')[0], 'Clear the output');
  assert.deepEqual(best('xyz'), []);
  assert.equal(best('').length, 4);
});
