import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_MATCHES, search } from '../js/search/search-text.js';

const QUERY = { matchCase: false, wholeWord: false, isPattern: false, replacement: '' };

/** The first file's matches. */
function matches(text, query) {
  const { found } = search({ ...QUERY, ...query }, [{ id: 1, text }]);
  return found[0]?.matches ?? [];
}

test('a match has its line, its column and what is around it', () => {
  const [match, ...others] = matches('one\n  two = 2;\nthree', { text: 'TWO' });
  assert.deepEqual(others, []);
  assert.deepEqual(match, {
    from: 6,
    to: 9,
    insert: '',
    line: 2,
    column: 3,
    before: '',
    found: 'two',
    after: ' = 2;',
  });
});

test('what is no pattern means itself', () => {
  const odd = 'a.b*c+[d]{e}(f)|^$\\/-?';
  assert.equal(matches(`x${odd}`, { text: odd }).length, 1);
  assert.equal(matches('axb', { text: 'a.b' }).length, 0);
});

test('whole words and letter case', () => {
  assert.equal(matches('cat concat Cat über überall', { text: 'cat', wholeWord: true }).length, 2);
  assert.equal(matches('cat Cat', { text: 'cat', matchCase: true }).length, 1);
  assert.equal(matches('über überall', { text: 'über', wholeWord: true }).length, 1);
});

test('parts of a pattern stand in its replacement', () => {
  const query = { text: '(\\w+)=(?<value>\\d+)', isPattern: true };
  const inserted = (replacement) => matches('a=1', { ...query, replacement })[0].insert;
  assert.equal(inserted('$2=$1 $<value> $& $$ $9'), '1=a 1 a=1 $ $9');
  assert.equal(matches('a=1', { text: 'a', replacement: '$&' })[0].insert, '$&');
});

test('a pattern that is none is told', () => {
  assert.throws(() => matches('a', { text: '(', isPattern: true }), {
    name: 'SyntaxError',
    message: /^This is no regular expression/,
  });
});

test('empty matches are none, and ^ is at each line', () => {
  assert.equal(matches('a\nb', { text: 'x*', isPattern: true }).length, 0);
  assert.equal(matches('ab\nab', { text: '^a', isPattern: true }).length, 2);
});

test('a flood of matches is cut', () => {
  const { count, isCut } = search({ ...QUERY, text: 'a' }, [
    { id: 1, text: 'a'.repeat(MOST_MATCHES) },
    { id: 2, text: 'a' },
  ]);
  assert.deepEqual({ count, isCut }, { count: MOST_MATCHES, isCut: true });
});
