/** The entry of a worker: a pattern that takes forever holds up nobody, and is ended from outside. */

import { search } from './search-text.js';

self.onmessage = ({ data: { query, files } }) => {
  try {
    self.postMessage(search(query, files));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    self.postMessage({ problem: error.message });
  }
};
