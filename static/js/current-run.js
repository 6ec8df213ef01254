import { RunSocket, runSocketUrl } from './run-socket.js';
import { recall, remember } from './storage.js';

/** @import { Ending } from './run-socket.js' */
/** @import { Frame, RunRequest, RunState } from './types.js' */

const KEPT = 'run';
const KEPT_INPUTS = 200;
/** After this long without an answer to Stop the connection is given up, which stops the run too. */
const STOP_WITHIN_MS = 4000;
/** The codes of an `error` frame that tell the end of a run that there was. */
const LOST_CODES = new Set(['lost', 'not_found', 'sandbox_failed']);
const ACTIVE_STATES = new Set([
  'connecting',
  'queued',
  'starting',
  'installing',
  'running',
  'stopping',
  'reconnecting',
]);

/**
 * What a reload needs to show the run again. `inputs` are what the user typed, each with the number
 * of the frame it came after: the server's frames do not hold them.
 *
 * @typedef {object} KeptRun
 * @property {string} executionId
 * @property {string} language
 * @property {boolean} ended
 * @property {{ seq: number, text: string }[]} inputs
 */

/**
 * @typedef {object} CurrentRunHooks
 * @property {(language: string) => void} onBegin a run begins, or is taken up again after a reload
 * @property {(state: RunState, frame?: Frame) => void} onState
 * @property {(stream: 'stdout' | 'stderr' | 'input', text: string) => void} onText
 * @property {(frame: Frame) => void} onEvent every other frame
 */

/** The run of this tab: one at a time, and the last one is shown again after a reload. */
export class CurrentRun {
  #hooks;
  /** @type {RunSocket | undefined} */
  #socket;
  /** @type {RunState} */
  #state = 'idle';
  /** @type {RunState} what to go back to when the connection is there again */
  #before = 'running';
  /** @type {KeptRun} */
  #kept = { executionId: '', language: '', ended: false, inputs: [] };
  /** @type {{ seq: number, text: string }[]} inputs to show again while frames are replayed */
  #replay = [];
  #lastSeq = 0;
  #isReplay = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #stopTimer;

  /** @param {CurrentRunHooks} hooks */
  constructor(hooks) {
    this.#hooks = hooks;
  }

  get isActive() {
    return ACTIVE_STATES.has(this.#state);
  }

  /** Whether what is shown had ended before this page was loaded. */
  get isReplay() {
    return this.#isReplay;
  }

  get language() {
    return this.#kept.language;
  }

  /** @param {RunRequest} request */
  start(request) {
    if (this.isActive) return;
    remember('session', KEPT, null);
    this.#begin({ executionId: '', language: request.language, ended: false, inputs: [] });
    this.#open(request);
  }

  /**
   * After a reload: shows the tab's last run again from its first frame, and follows it if it
   * still goes on.
   *
   * @returns {boolean} whether there is one
   */
  resume() {
    const kept = keptRun();
    if (!kept) return false;
    this.#begin(kept);
    this.#replay = [...kept.inputs];
    this.#isReplay = kept.ended;
    this.#open({ type: 'resume', execution_id: kept.executionId, after_seq: 0 });
    return true;
  }

  stop() {
    if (!this.isActive || this.#state === 'stopping') return;
    this.#setState('stopping');
    this.#socket?.stop();
    this.#stopTimer = setTimeout(() => this.#socket?.abandon(), STOP_WITHIN_MS);
  }

  /** @param {string} text */
  sendInput(text) {
    this.#socket?.sendInput(text);
    this.#kept.inputs.push({ seq: this.#lastSeq, text });
    this.#kept.inputs.splice(0, this.#kept.inputs.length - KEPT_INPUTS);
    this.#keep();
    this.#hooks.onText('input', text);
  }

  endInput() {
    this.#socket?.endInput();
  }

  /** Forgets the run that a reload would show again. */
  forget() {
    if (!this.isActive) remember('session', KEPT, null);
  }

  /** @param {KeptRun} kept */
  #begin(kept) {
    this.#kept = kept;
    this.#replay = [];
    this.#lastSeq = 0;
    this.#isReplay = false;
    this.#hooks.onBegin(kept.language);
    this.#setState('connecting');
  }

  /** @param {ConstructorParameters<typeof RunSocket>[1]} first */
  #open(first) {
    this.#socket = new RunSocket(runSocketUrl(), first, {
      onFrame: (frame) => this.#onFrame(frame),
      onLink: (connected) => this.#onLink(connected),
      onEnd: (ending) => this.#onEnd(ending),
    });
  }

  /** @param {Frame} frame */
  #onFrame(frame) {
    if (frame.execution_id && frame.execution_id !== this.#kept.executionId) {
      this.#kept.executionId = frame.execution_id;
      this.#keep();
    }
    if (frame.seq !== undefined) {
      this.#lastSeq = frame.seq;
      this.#showInputsBefore(frame.seq);
    }
    switch (frame.type) {
      case 'stdout':
      case 'stderr':
        return this.#hooks.onText(frame.type, frame.content);
      case 'status':
        return this.#onStatus(frame);
      case 'complete':
        return this.#finish(asState(frame.status), frame);
      case 'error':
        return this.#finish(LOST_CODES.has(frame.code ?? '') ? 'lost' : 'refused', frame);
      default:
        if (frame.type === 'install_start') this.#advance('installing', frame);
        return this.#hooks.onEvent(frame);
    }
  }

  /** @param {number} seq */
  #showInputsBefore(seq) {
    while (this.#replay[0] && this.#replay[0].seq < seq) {
      this.#hooks.onText('input', this.#replay.shift()?.text ?? '');
    }
  }

  /** @param {Frame} frame */
  #onStatus(frame) {
    const known = frame.state === 'queued' || frame.state === 'running';
    this.#advance(known ? /** @type {RunState} */ (frame.state) : 'starting', frame);
  }

  /**
   * A frame tells a new state. Once Stop is pressed, only the end is news.
   *
   * @param {RunState} state
   * @param {Frame} frame
   */
  #advance(state, frame) {
    this.#before = state;
    if (this.#state !== 'stopping') this.#setState(state, frame);
  }

  /** @param {boolean} connected */
  #onLink(connected) {
    if (this.#state === 'stopping') return;
    if (connected) this.#setState(this.#before);
    else this.#setState('reconnecting');
  }

  /** @param {Ending} ending */
  #onEnd(ending) {
    if (ending === 'done') return;
    this.#finish(ending === 'abandoned' ? 'stopped' : ending);
  }

  /**
   * @param {RunState} state
   * @param {Frame} [frame]
   */
  #finish(state, frame) {
    clearTimeout(this.#stopTimer);
    this.#showInputsBefore(Number.POSITIVE_INFINITY);
    this.#kept.ended = true;
    this.#keep();
    this.#setState(state, frame);
  }

  /**
   * @param {RunState} state
   * @param {Frame} [frame]
   */
  #setState(state, frame) {
    this.#state = state;
    this.#hooks.onState(state, frame);
  }

  #keep() {
    if (this.#kept.executionId) remember('session', KEPT, JSON.stringify(this.#kept));
  }
}

/** @returns {KeptRun | null} */
function keptRun() {
  try {
    const kept = JSON.parse(recall('session', KEPT) ?? 'null');
    return kept?.executionId ? kept : null;
  } catch {
    return null;
  }
}

/**
 * @param {string | undefined} status
 * @returns {RunState}
 */
function asState(status) {
  const ends = ['completed', 'error', 'timeout', 'stopped', 'lost'];
  return /** @type {RunState} */ (ends.includes(status ?? '') ? status : 'error');
}
