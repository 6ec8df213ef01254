/** The entry of a worker: a pattern that takes forever holds up nobody, and is ended from outside. */

import { answerWith } from '../workers/answer.js';
import { search } from './search-text.js';

/** @import { Query, Searched } from './search-text.js' */

answerWith(async (/** @type {{ query: Query, files: Searched[] }} */ { query, files }) => () => {
  return search(query, files);
});
