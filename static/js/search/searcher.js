import { NoAnswer, WorkerClient } from '../workers/worker-client.js';

/** @import { Found, Query, Searched } from './search-text.js' */

const WITHIN_MS = 3000;

/** @typedef {{ found: Found[], count: number, isCut: boolean }} Results */

/** What was asked for cannot be searched for; `message` says why. */
export class SearchProblem extends Error {}

/** Searches in a worker, one search at a time: a newer one ends the one before. */
export class Searcher {
  #worker;

  /** @param {string} url of the worker's script */
  constructor(url) {
    this.#worker = new WorkerClient(url, WITHIN_MS);
  }

  /**
   * @param {Query} query
   * @param {Searched[]} files
   * @returns {Promise<Results | null>} null where a newer search took its place
   */
  async search(query, files) {
    this.cancel();
    try {
      return await this.#worker.ask({ query, files });
    } catch (error) {
      if (!(error instanceof NoAnswer))
        throw new SearchProblem(/** @type {Error} */ (error).message);
      if (error.why === 'ended') return null;
      throw new SearchProblem(
        error.why === 'late'
          ? 'This pattern takes too long. Try a simpler one.'
          : 'The search could not be loaded. Try again with a network.',
      );
    }
  }

  cancel() {
    this.#worker.cancel();
  }
}
