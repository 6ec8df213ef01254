import assert from 'node:assert/strict';
import { test } from 'node:test';
import { troubleWords } from '../js/assistant/assistant-words.js';
import { framesOf } from '../js/assistant/event-frames.js';
import { Proposal } from '../js/assistant/proposal.js';
import { questionAboutFailure } from '../js/assistant/question.js';
import { typedLines } from '../js/assistant/typed-lines.js';
import { leastChange } from '../js/editor/least-change.js';
import { RefusedError } from '../js/ui/server.js';

const QUESTION = {
  action: 'fix_error',
  language: 'python',
  code: 'print(1/0)\n',
  files: [{ name: 'lib.py', content: 'a = 1\n', encoding: 'utf-8' }],
};

/** Files in memory, and a proposal to change them. */
function proposal(texts, files, code = null) {
  const project = {
    textOf: ({ name, isEntry }) => texts[isEntry ? 'main.py' : name] ?? null,
    canWrite: ({ name }) => !name.endsWith('.png'),
    write: ({ name, isEntry }, text) => {
      texts[isEntry ? 'main.py' : name] = text;
    },
  };
  return new Proposal({ files, code }, QUESTION, project);
}

/** @param {string[]} pieces */
async function framesIn(...pieces) {
  const bytes = new TextEncoder().encode(pieces.join(''));
  const body = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
      controller.close();
    },
  });
  const frames = [];
  for await (const frame of framesOf(body)) frames.push(frame);
  return frames;
}

test('frames are read however they are cut, and half a one at the end is none', async () => {
  const whole = 'data: {"type":"text","content":"ä"}\n\nid: 2\ndata: {"type":"trying"}\n\n';
  const frames = await framesIn(whole, 'data: {"type":"ans');
  assert.deepEqual(frames, [{ type: 'text', content: 'ä' }, { type: 'trying' }]);
});

test('typed keys become the lines that the program has read', () => {
  assert.equal(typedLines('Adx\x7fa\r\x1b[D\x1b[3~4\t2\r'), 'Ada\n4\t2\n');
  assert.equal(typedLines('a\r\x7f\x7fb\r'), 'a\nb\n');
  assert.equal(typedLines('a\r\x04b\r'), 'a\n');
});

test('input that was prepared comes before typed input', () => {
  const failure = { frame: { content: 'no', line: 3 }, printed: 'x', typed: 'y\r' };
  const given = { language: 'python', code: '' };
  assert.equal(questionAboutFailure('fix_error', { ...given, stdin: 'z' }, failure).stdin, 'z');
  assert.equal(questionAboutFailure('fix_error', given, failure).stdin, 'y\n');
  assert.equal(questionAboutFailure('fix_error', given, failure).error, 'x\nno');
});

test('the least change of a text splits neither line ends nor characters', () => {
  for (const [before, after, change] of [
    ['abc', 'abXc', { from: 2, to: 2, insert: 'X' }],
    ['aa', 'aaa', { from: 2, to: 2, insert: 'a' }],
    ['a\r\nb', 'a\r\r\nb', { from: 1, to: 1, insert: '\r' }],
    ['\u{1f600}', '\u{1f601}', { from: 0, to: 2, insert: '\u{1f601}' }],
    ['', 'x', { from: 0, to: 0, insert: 'x' }],
    ['same', 'same', { from: 4, to: 4, insert: '' }],
  ]) {
    assert.deepEqual(leastChange(before, after), change);
  }
});

test('the file that is run goes to the entry, whatever it is called here', async () => {
  const texts = { 'main.py': 'print(1/0)\r\n', 'lib.py': 'a = 1\n' };
  const files = [
    { name: 'program.py', content: 'print(1)\n' },
    { name: 'lib.py', content: 'a = 2\n' },
    { name: 'new.py', content: 'b\n' },
    { name: 'x.png', content: '' },
  ];
  const made = proposal(texts, files, 'print(1)\n');
  assert.deepEqual(made.leftOut, ['x.png']);
  assert.equal(made.open.length, 3);
  await made.acceptAll();
  assert.deepEqual(texts, { 'main.py': 'print(1)\r\n', 'lib.py': 'a = 2\n', 'new.py': 'b\n' });
  assert.equal(made.open.length, 0);
});

test('a text that was changed since the question is known as such', () => {
  const files = [{ name: 'lib.py', content: 'a = 2\n' }];
  assert.equal(proposal({ 'lib.py': 'a = 1\n' }, files).isStale, false);
  assert.equal(proposal({ 'lib.py': 'a = 7\n' }, files).isStale, true);
});

test('a refusal that says what to do is told as it is', () => {
  const title = 'No AI provider answered';
  const detail = 'Groq refused the key. Asking again does not help: the operator has to look.';
  const refused = new RefusedError(502, { title, detail, code: 'all_providers_failed' });
  assert.deepEqual(troubleWords(refused), { title, text: detail });
  const other = new RefusedError(500, { title: 'Oh', detail: 'It failed.', code: 'error' });
  assert.equal(troubleWords(other).text, 'It failed. Try again in a moment.');
});
