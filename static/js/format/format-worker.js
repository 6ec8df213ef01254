/** The entry of a worker: a text that takes its formatter long does not stop the page. */

import { answerWith } from '../workers/answer.js';
import { formatterOf } from './format.js';

answerWith(async (/** @type {import('./format.js').Unformatted} */ { text, fileName, indent }) => {
  const formatter = await formatterOf(fileName)?.();
  return () => formatter?.format(text, fileName, indent) ?? text;
});
