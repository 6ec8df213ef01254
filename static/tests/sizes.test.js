import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sizeWords } from '../js/made/pictures.js';

test('sizes are said as the server says them', () => {
  const said = [0, 1, 1023, 1024, 50_586, 1024 ** 2 - 1, 1024 ** 2, 5.5 * 1024 ** 2];
  assert.deepEqual(
    said.map((bytes) => sizeWords(bytes).replace('\u00a0', ' ')),
    ['0 bytes', '1 byte', '1023 bytes', '1.0 KB', '49.4 KB', '1024.0 KB', '1.0 MB', '5.5 MB'],
  );
});
