import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunCards } from '../js/run/run-cards.js';

const DEPENDENCY = {
  type: 'dependency',
  content: 'The module six is not installed.',
  module: 'six',
  package_name: 'six',
};
const FAILED = {
  type: 'complete',
  content: 'Execution failed with exit code 1',
  explanation: 'ValueError on line 2: no.',
  file: 'main.py',
  line: 2,
  column: 5,
};

/** Cards of one run; `done` gathers what the buttons did. */
function cards({ packages = [], hasAssistant = false, teaching = false } = {}) {
  const done = [];
  let shown = null;
  const made = new RunCards({
    onCard: (card) => {
      shown = card;
    },
    runAgain: () => done.push('again'),
    install: (name) => done.push(`install ${name}`),
    runWithout: (names) => done.push(`without ${names}`),
    hasPackage: (name) => packages.includes(name),
    goTo: ({ file, line, column }) => done.push(`${file}:${line}:${column}`),
    textAt: ({ line }) => `    line ${line}`,
    assist: hasAssistant ? (action) => done.push(action) : null,
    teaching,
  });
  made.begin();
  const press = (label) => shown.actions.find((action) => action.label === label).act();
  return { cards: made, done, press, shown: () => shown };
}

test('the assistant is offered after a failure, where there is one', () => {
  const labels = (shown) => shown().actions.map(({ label }) => label);
  const without = cards();
  without.cards.ended('error', FAILED);
  assert.deepEqual(labels(without.shown), ['Go to line 2']);
  const { cards: made, done, press, shown } = cards({ hasAssistant: true });
  made.ended('error', FAILED);
  assert.deepEqual(labels(shown), ['Go to line 2', 'Explain', 'Fix']);
  press('Explain');
  press('Fix');
  assert.deepEqual(done, ['explain_error', 'fix_error']);
});

test('a nudge is offered where hints come first', () => {
  const { cards: made, done, press, shown } = cards({ hasAssistant: true, teaching: true });
  made.ended('error', FAILED);
  const labels = shown().actions.map(({ label }) => label);
  assert.deepEqual(labels, ['Go to line 2', 'Give me a nudge']);
  press('Give me a nudge');
  assert.deepEqual(done, ['fix_error']);
});

test('a failure shows the line, and its button goes there', () => {
  const { cards: made, done, press, shown } = cards();
  made.ended('error', FAILED);
  assert.equal(shown().title, FAILED.explanation);
  assert.equal(shown().code, 'line 2');
  press('Go to line 2');
  assert.deepEqual(done, ['main.py:2:5']);
});

test('a failure without a place has no button', () => {
  const { cards: made, shown } = cards();
  made.ended('error', { type: 'complete', content: 'Execution failed with exit code 3' });
  assert.deepEqual(shown().actions, []);
  assert.equal(shown().code, undefined);
});

test('a missing module can be installed', () => {
  const { cards: made, done, press } = cards();
  made.dependency(DEPENDENCY);
  made.ended('error', FAILED);
  press('Install and run again');
  assert.deepEqual(done, ['install six']);
});

test('a package that was asked for already is not offered again', () => {
  const { cards: made, shown } = cards({ packages: ['six'] });
  made.dependency(DEPENDENCY);
  made.ended('error', FAILED);
  assert.equal(shown().title, FAILED.explanation);
});

test('a failed installation outlives the end of the run, and is the next step', () => {
  const { cards: made, done, press, shown } = cards();
  made.installError({ type: 'install_error', content: 'No such package.', packages: ['nosuch'] });
  assert.equal(shown().actions, undefined);
  made.dependency(DEPENDENCY);
  made.ended('error', FAILED);
  press('Run without nosuch');
  press('Try again');
  assert.deepEqual(done, ['without nosuch', 'again']);
});

test('the place in the queue goes when the run begins', () => {
  const { cards: made, shown } = cards();
  made.queued(2);
  assert.match(shown().title, /number 2/);
  made.admitted();
  assert.equal(shown(), null);
});
