import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Playback } from '../js/history/playback.js';
import { clockTime, readRecording, rowsOf } from '../js/history/recording.js';

const CAST =
  '{"version":2,"width":100,"height":30}\n[0.5,"o","a"]\n[1,"o","b"]\n[3,"o","c\\r\\n"]\n';

/** @param {string} cast */
function started(cast = CAST) {
  let screen = '';
  const playback = new Playback(readRecording(cast), {
    onText: (text) => {
      screen += text;
    },
    onReset: () => {
      screen = '';
    },
    onChange: () => {},
  });
  return { playback, seen: () => screen };
}

test('a recording has its size, its length and its moments', () => {
  const { cols, rows, length, moments } = readRecording(CAST);
  assert.deepEqual([cols, rows, length, moments.length], [100, 30, 3, 3]);
  assert.deepEqual(moments[2], { at: 3, text: 'c\r\n' });
});

test('a short output needs few rows, and one that moves about needs its own screen', () => {
  const rows = (/** @type {string} */ text) =>
    rowsOf({ cols: 80, rows: 24, length: 0, moments: [{ at: 0, text }] });
  assert.equal(rows('a\r\n\x1b[32mb\x1b[0m\r\n'), 3);
  assert.equal(rows('x'.repeat(161)), 3);
  assert.equal(rows('\n'.repeat(100)), 24);
  assert.equal(rows('\x1b[2J\x1b[5;5Hx'), 24);
});

test('text comes at its time', () => {
  const { playback, seen } = started();
  playback.play();
  playback.advance(0.4);
  assert.equal(seen(), '');
  playback.advance(0.2);
  assert.equal(seen(), 'a');
  playback.advance(5);
  assert.equal(seen(), 'abc\r\n');
  assert.equal(playback.isPlaying, false);
  assert.equal(playback.position, 3);
});

test('nothing comes while it is paused', () => {
  const { playback, seen } = started();
  playback.play();
  playback.pause();
  playback.advance(5);
  assert.equal(seen(), '');
});

test('twice the speed takes half the time', () => {
  const { playback, seen } = started();
  playback.speed = 2;
  playback.play();
  playback.advance(0.5);
  assert.equal(seen(), 'ab');
});

test('seeking back shows what stood there', () => {
  const { playback, seen } = started();
  playback.seek(3);
  assert.equal(seen(), 'abc\r\n');
  playback.seek(0.7);
  assert.equal(seen(), 'a');
  playback.seek(1);
  assert.equal(seen(), 'ab');
});

test('played again after its end it begins anew', () => {
  const { playback, seen } = started();
  playback.seek(3);
  playback.play();
  assert.equal(seen(), '');
  playback.advance(1);
  assert.equal(seen(), 'ab');
});

test('a recording of nothing has no length', () => {
  const { playback } = started('{"version":2,"width":80,"height":24}\n');
  playback.play();
  playback.advance(1);
  assert.deepEqual([playback.length, playback.isPlaying], [0, false]);
});

test('times are read as on a clock', () => {
  assert.deepEqual([0, 9.96, 65.25].map(clockTime), ['0:00.0', '0:10.0', '1:05.3']);
});
