import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dependencyNotice, endingNotice, installErrorNotice } from '../js/run/ending-words.js';

const complete = (fields) => ({ type: 'complete', content: 'Execution failed', ...fields });

test('the explanation of the server is what the eye falls on', () => {
  const explanation = 'IndexError on line 9: list index out of range.';
  const notice = endingNotice('error', complete({ reason: 'exception', explanation }));
  assert.deepEqual(notice, { tone: 'bad', title: explanation, text: '' });
});

test('a limit comes with what to try', () => {
  const explanation = 'Your program used more than 256 MB of memory and was stopped.';
  const notice = endingNotice('error', complete({ reason: 'memory_limit', explanation }));
  assert.equal(notice?.title, explanation);
  assert.match(notice?.text ?? '', /smaller data/);
  assert.match(endingNotice('timeout', complete({ reason: 'time_limit' }))?.text ?? '', /loop/);
});

test('without an explanation the old sentence stands', () => {
  assert.equal(endingNotice('error', complete({}))?.title, 'Execution failed');
});

test('only the first of several sentences is the title, and main.py is no end of one', () => {
  const explanation = 'The compiler found an error in main.py, line 2. Nothing was run.';
  const notice = endingNotice('error', complete({ explanation }));
  assert.equal(notice?.title, 'The compiler found an error in main.py, line 2.');
  assert.equal(notice?.text, 'Nothing was run.');
});

test('success and stop need no words', () => {
  assert.equal(endingNotice('completed', complete({ reason: 'exit' })), null);
  assert.equal(endingNotice('stopped', complete({ reason: 'stopped' })), null);
});

test('who did not stop it is told who did', () => {
  const explanation = 'Your program was stopped because your account was deactivated.';
  const notice = endingNotice('stopped', complete({ reason: 'deactivated', explanation }));
  assert.deepEqual(notice, { tone: 'bad', title: explanation, text: '' });
});

test('a package that is called otherwise than its module is named', () => {
  const frame = { type: 'dependency', content: 'The module bs4 is not installed.', module: 'bs4' };
  const notice = dependencyNotice({ ...frame, package_name: 'beautifulsoup4' });
  assert.equal(notice.title, frame.content);
  assert.match(notice.text ?? '', /beautifulsoup4/);
  assert.doesNotMatch(dependencyNotice({ ...frame, package_name: 'bs4' }).text ?? '', /comes with/);
});

test('a failed installation says which packages and why', () => {
  const explanation = 'There is no package nosuch.';
  const content = `${explanation} Running without them.`;
  const frame = { type: 'install_error', content, explanation, packages: ['nosuch'] };
  const one = installErrorNotice(frame);
  assert.equal(one.title, 'nosuch could not be installed.');
  assert.equal(one.text, explanation);
});
