/** @import { Found, Query, Searched } from './search-text.js' */

const WITHIN_MS = 3000;

/** @typedef {{ found: Found[], count: number, isCut: boolean }} Results */

/** What was asked for cannot be searched for; `message` says why. */
export class SearchProblem extends Error {}

/** Searches in a worker, one search at a time: a newer one ends the one before. */
export class Searcher {
  #url;
  /** @type {Worker | undefined} */
  #worker;
  /** @type {((reason: Error) => void) | undefined} */
  #giveUp;

  /** @param {string} url of the worker's script */
  constructor(url) {
    this.#url = url;
  }

  /**
   * @param {Query} query
   * @param {Searched[]} files
   * @returns {Promise<Results | null>} null where a newer search took its place
   */
  async search(query, files) {
    this.cancel();
    const worker = new Worker(this.#url, { type: 'module' });
    this.#worker = worker;
    const late = new SearchProblem('This pattern takes too long. Try a simpler one.');
    try {
      return await new Promise((done, fail) => {
        this.#giveUp = fail;
        setTimeout(fail, WITHIN_MS, late);
        worker.onerror = () => fail(new SearchProblem('The search failed. Try again.'));
        worker.onmessage = ({ data }) =>
          'problem' in data ? fail(new SearchProblem(data.problem)) : done(data);
        worker.postMessage({ query, files });
      });
    } catch (error) {
      if (error instanceof SearchProblem) throw error;
      return null;
    } finally {
      worker.terminate();
    }
  }

  cancel() {
    this.#worker?.terminate();
    this.#giveUp?.(new Error('a newer search'));
  }
}
