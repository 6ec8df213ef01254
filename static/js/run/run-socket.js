/** @import { Frame, RunRequest, ResumeRequest, TerminalSize } from '../types.js' */

/** A close code of our own, not 1000: the run goes on meanwhile. */
const TAKE_UP_AGAIN = 4000;

/** The server takes 64 KiB a frame, and JSON writes a character in up to six bytes. */
const INPUT_PART_LENGTH = 8192;

/** Waits between tries after a lost connection; together within the server's grace of 15 s. */
const RETRY_AFTER_MS = [0, 250, 500, 1000, 2000, 4000, 4000];

/**
 * How a run's connection ended: `done` after the last frame, `unreachable` when no run came about,
 * `lost` when a run was going and could not be reached again, `abandoned` by `abandon()`.
 *
 * @typedef {'done' | 'unreachable' | 'lost' | 'abandoned'} Ending
 */

/**
 * @typedef {object} RunHooks
 * @property {(frame: Frame) => void} onFrame each frame once, in order
 * @property {(connected: boolean) => void} onLink the connection of a going run broke, or is back
 * @property {(ending: Ending) => void} onEnd once, the last call
 */

/**
 * One run over `/ws/execute`. A lost connection is taken up again with `resume`, after the last
 * frame seen; what is sent meanwhile waits. Frames come as fast as the server sends them (a
 * WebSocket cannot be paused): the server caps a run's output, and the terminal keeps its own pace.
 */
export class RunSocket {
  #url;
  #hooks;
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {RunRequest | ResumeRequest} */
  #first;
  /** @type {string[]} */
  #waiting = [];
  #executionId = '';
  #lastSeq = 0;
  #tries = 0;
  #ended = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {string} url
   * @param {RunRequest | ResumeRequest} first what to run, or which run to follow
   * @param {RunHooks} hooks
   */
  constructor(url, first, hooks) {
    this.#url = url;
    this.#first = first;
    this.#hooks = hooks;
    if ('execution_id' in first) {
      this.#executionId = first.execution_id;
      this.#lastSeq = first.after_seq;
    }
    window.addEventListener('online', this.#retryNow);
    window.addEventListener('offline', this.#drop);
    this.#connect();
  }

  /** @param {string} data */
  sendInput(data) {
    for (const part of parts(data)) this.#send({ type: 'stdin', data: part });
  }

  /** @param {TerminalSize} size */
  resize(size) {
    this.#send({ type: 'resize', ...size });
  }

  stop() {
    this.#send({ type: 'stop' });
  }

  /** Gives the connection up; the server stops a run whose client closes in this way. */
  abandon() {
    if (this.#ended) return;
    this.#socket?.close(1000);
    this.#end('abandoned');
  }

  /** @param {object} message */
  #send(message) {
    if (this.#ended) return;
    const text = JSON.stringify(message);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
    else this.#waiting.push(text);
  }

  /** A socket over a dead link says nothing for minutes; the browser knows sooner. */
  #drop = () => {
    const socket = this.#socket;
    if (!socket || this.#timer !== undefined) return;
    // Not by its own close event: that tells the code that the server answers with, often 1000.
    socket.onmessage = null;
    socket.onclose = null;
    socket.close(TAKE_UP_AGAIN);
    this.#closed(TAKE_UP_AGAIN);
  };

  #retryNow = () => {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#connect();
  };

  #connect() {
    this.#timer = undefined;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      socket.send(JSON.stringify(this.#first));
      for (const text of this.#waiting.splice(0)) socket.send(text);
      if (this.#tries > 0) this.#hooks.onLink(true);
    };
    socket.onmessage = (event) => this.#receive(JSON.parse(event.data));
    socket.onclose = (event) => this.#closed(event.code);
  }

  /** @param {Frame} frame */
  #receive(frame) {
    if (this.#ended) return;
    this.#tries = 0;
    if (frame.seq !== undefined) {
      if (frame.seq <= this.#lastSeq) return;
      this.#lastSeq = frame.seq;
    }
    if (frame.execution_id) this.#executionId = frame.execution_id;
    this.#hooks.onFrame(frame);
    if (frame.type === 'complete' || frame.type === 'error') this.#end('done');
  }

  /** @param {number} code */
  #closed(code) {
    if (this.#ended) return;
    if (!this.#executionId) return this.#end('unreachable');
    const wait = RETRY_AFTER_MS[this.#tries];
    if (code === 1000 || wait === undefined) return this.#end('lost');
    if (this.#tries === 0) this.#hooks.onLink(false);
    this.#tries += 1;
    this.#first = { type: 'resume', execution_id: this.#executionId, after_seq: this.#lastSeq };
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  /** @param {Ending} ending */
  #end(ending) {
    this.#ended = true;
    clearTimeout(this.#timer);
    window.removeEventListener('online', this.#retryNow);
    window.removeEventListener('offline', this.#drop);
    this.#hooks.onEnd(ending);
  }
}

/**
 * Input in parts that fit a frame each, and never half a character.
 *
 * @param {string} data
 * @returns {Generator<string>}
 */
function* parts(data) {
  for (let start = 0; start < data.length; ) {
    let end = start + INPUT_PART_LENGTH;
    if (/[\uD800-\uDBFF]/.test(data.charAt(end - 1))) end -= 1;
    yield data.slice(start, end);
    start = end;
  }
}

/** The address of the run socket beside this page. */
export function runSocketUrl() {
  const { user } = document.body.dataset;
  const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/execute`;
  return user ? `${url}?user=${user}` : url; // whoever was logged out is no guest by that
}
