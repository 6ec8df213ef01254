/**
 * Why a worker gave no answer: it was `late`, could not be `loaded`, or somebody `ended` it.
 *
 * @typedef {'late' | 'loaded' | 'ended'} Cause
 */

export class NoAnswer extends Error {
  /** @param {Cause} cause */
  constructor(cause) {
    super(`The worker gave no answer: ${cause}`);
    this.name = 'NoAnswer';
    this.why = cause;
  }
}

/**
 * @typedef {object} Asked
 * @property {(answer: any) => void} done
 * @property {(reason: Error) => void} fail
 * @property {ReturnType<typeof setTimeout>} [timer]
 */

/**
 * Work that must not hold up the page. The worker begins with the first question and stays for the
 * next; one that takes too long over an answer is ended.
 */
export class WorkerClient {
  #url;
  #withinMs;
  /** @type {Worker | undefined} */
  #worker;
  /** @type {Map<number, Asked>} */
  #asked = new Map();
  #count = 0;

  /**
   * @param {string} url of a script that calls `answerWith`
   * @param {number} withinMs for one answer, what it has to load not counted
   */
  constructor(url, withinMs) {
    this.#url = url;
    this.#withinMs = withinMs;
  }

  /**
   * @param {unknown} question
   * @returns {Promise<any>} rejects with `NoAnswer`, else with what the worker says
   */
  ask(question) {
    this.#worker ??= this.#begin();
    const id = ++this.#count;
    this.#worker.postMessage({ id, question });
    return new Promise((done, fail) => this.#asked.set(id, { done, fail }));
  }

  /** Nobody waits for the answers any more. */
  cancel() {
    if (this.#asked.size > 0) this.#end('ended');
  }

  #begin() {
    const worker = new Worker(this.#url, { type: 'module' });
    worker.onerror = () => this.#end('loaded');
    worker.onmessage = ({ data }) => this.#hear(data);
    return worker;
  }

  /** @param {{ id: number, state: string, answer?: unknown, problem?: string }} said */
  #hear({ id, state, answer, problem }) {
    const asked = this.#asked.get(id);
    if (!asked) return;
    if (state === 'unprepared') return this.#end('loaded');
    if (state === 'begun') {
      asked.timer = setTimeout(() => this.#end('late'), this.#withinMs);
      return;
    }
    clearTimeout(asked.timer);
    this.#asked.delete(id);
    if (state === 'done') asked.done(answer);
    else asked.fail(new Error(problem));
  }

  /** @param {Cause} cause */
  #end(cause) {
    this.#worker?.terminate();
    this.#worker = undefined;
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const { fail, timer } of asked) {
      clearTimeout(timer);
      fail(new NoAnswer(cause));
    }
  }
}
