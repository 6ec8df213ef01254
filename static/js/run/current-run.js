import { recall, remember } from '../ui/storage.js';
import { RunSocket, runSocketUrl } from './run-socket.js';

/** @import { Ending } from './run-socket.js' */
/** @import { Frame, RunRequest, RunState, TerminalSize } from '../types.js' */

const MOST_TYPED = 100_000;
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
  'restarting',
  'reconnecting',
]);

/**
 * What a reload needs to show the run again. `seen` is the last frame that was shown before it,
 * `since` when the program began to run by this browser's clock.
 *
 * @typedef {object} KeptRun
 * @property {string} executionId
 * @property {string} language
 * @property {boolean} ended
 * @property {number} seen
 * @property {number | null} since
 * @property {Record<string, number>} [texts] digests of its files; that of what Run starts with
 *   under an empty name
 * @property {boolean} [isPiped] its input was given with it: it has no terminal, and nobody types
 */

/**
 * @typedef {object} CurrentRunHooks
 * @property {(run: { language: string, isPiped: boolean }) => void} onBegin a run begins, or is
 *   taken up again after a reload
 * @property {(state: RunState, frame?: Frame) => void} onState
 * @property {(frame: Frame) => void} onOutput a `stdout` or `stderr` frame
 * @property {(frame: Frame) => void} onEvent every other frame
 * @property {() => void} onCaughtUp all that was shown before the reload is shown again
 * @property {() => void} onRestart it has stopped, and is to be run again
 */

/** The run of this tab: one at a time, and the last one is shown again after a reload. */
export class CurrentRun {
  #keptAs;
  #hooks;
  /** @type {RunSocket | undefined} */
  #socket;
  /** @type {RunState} */
  #state = 'idle';
  /** @type {RunState} what to go back to when the connection is there again */
  #before = 'running';
  /** @type {KeptRun} */
  #kept = newRun('');
  #lastSeq = 0;
  /** The last frame that was shown before a reload; 0 once it is shown again. */
  #seen = 0;
  #wasEnded = false;
  /** @type {RunRequest | null} */
  #request = null;
  /** @type {Frame | null} */
  #failure = null;
  #typed = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #stopTimer;

  /**
   * @param {string} keptAs under which word the tab keeps the last one
   * @param {CurrentRunHooks} hooks
   */
  constructor(keptAs, hooks) {
    this.#keptAs = keptAs;
    this.#hooks = hooks;
    window.addEventListener('pagehide', () => this.#keep());
  }

  get isActive() {
    return ACTIVE_STATES.has(this.#state);
  }

  /** Whether what comes now was shown already, before a reload. */
  get isReplay() {
    return this.#seen > 0 && this.#lastSeq <= this.#seen;
  }

  /** Whether what is shown had ended before this page was loaded. */
  get wasEnded() {
    return this.#wasEnded;
  }

  /** Whether the tab's last run had not ended when it was shown last. */
  get wasGoingOn() {
    return keptRun(this.#keptAs)?.ended === false;
  }

  /** When the program began to run, as `Date.now()` tells it. */
  get since() {
    return this.#kept.since ?? Date.now();
  }

  /** What was asked for; null where that was before a reload. */
  get request() {
    return this.#request;
  }

  /** The last frame of a program that has ended badly; null where none has. */
  get failure() {
    return this.#failure;
  }

  /** The keys that were typed for the program. */
  get typed() {
    return this.#typed;
  }

  get language() {
    return this.#kept.language;
  }

  get isPiped() {
    return this.#kept.isPiped ?? false;
  }

  /**
   * Whether a file has the text that ran.
   *
   * @param {string | null} file as a frame names it: what Run starts with may have another name
   * @param {string} text
   */
  ran(file, text) {
    const texts = this.#kept.texts ?? {};
    return (texts[file ?? ''] ?? texts['']) === digest(text);
  }

  /** @param {RunRequest} request */
  start(request) {
    if (this.isActive) return;
    remember('session', this.#keptAs, null);
    const texts = digestsOf(request);
    this.#begin({ ...newRun(request.language), isPiped: !request.tty, texts });
    this.#request = request;
    this.#open({ ...request, artifacts: true });
  }

  /**
   * After a reload: shows the tab's last run again from its first frame, and follows it if it
   * still goes on.
   *
   * @param {TerminalSize} size of the terminal as it is now
   * @returns {boolean} whether there is one
   */
  resume(size) {
    const kept = keptRun(this.#keptAs);
    if (!kept) return false;
    this.#begin(kept);
    this.#open({ type: 'resume', execution_id: kept.executionId, after_seq: 0 });
    this.#socket?.resize(size);
    return true;
  }

  stop() {
    if (this.#state === 'restarting') return this.#setState('stopping');
    if (!this.isActive || this.#isStopping) return;
    this.#setState('stopping');
    this.#socket?.stop();
    this.#stopTimer = setTimeout(() => this.#socket?.abandon(), STOP_WITHIN_MS);
  }

  /** Run was pressed while one goes on: it waits for a stop that is on its way. */
  restart() {
    if (this.#state === 'stopping') this.#setState('restarting');
  }

  /** @param {string} data */
  sendInput(data) {
    this.#typed = (this.#typed + data).slice(0, MOST_TYPED);
    this.#socket?.sendInput(data);
  }

  /** @param {TerminalSize} size */
  resize(size) {
    if (this.isActive) this.#socket?.resize(size);
  }

  /** Forgets the run that a reload would show again. */
  forget() {
    if (this.isActive) return;
    this.#kept = newRun(this.#kept.language);
    this.#failure = null;
    remember('session', this.#keptAs, null);
  }

  get #isStopping() {
    return this.#state === 'stopping' || this.#state === 'restarting';
  }

  /** @param {KeptRun} kept */
  #begin(kept) {
    this.#kept = kept;
    this.#request = null;
    this.#failure = null;
    this.#typed = '';
    this.#lastSeq = 0;
    this.#seen = kept.seen;
    this.#wasEnded = kept.ended;
    this.#hooks.onBegin({ language: kept.language, isPiped: this.isPiped });
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
    this.#lastSeq = frame.seq ?? this.#lastSeq;
    this.#show(frame);
    if (this.#seen === 0 || this.#lastSeq !== this.#seen) return;
    this.#seen = 0;
    this.#hooks.onCaughtUp();
  }

  /** @param {Frame} frame */
  #show(frame) {
    switch (frame.type) {
      case 'stdout':
      case 'stderr':
        return this.#hooks.onOutput(frame);
      case 'status':
        return this.#onStatus(frame);
      case 'complete':
        return this.#finish(asState(frame.status), frame);
      case 'error':
        return this.#finish(this.#isLost(frame) ? 'lost' : 'refused', frame);
      case 'install_start':
        this.#advance('installing', frame);
        return this.#hooks.onEvent(frame);
      case 'install_complete':
      case 'install_error':
        this.#advance('starting', frame);
        return this.#hooks.onEvent(frame);
      default:
        return this.#hooks.onEvent(frame);
    }
  }

  /** @param {Frame} frame an `error` frame */
  #isLost({ code }) {
    return LOST_CODES.has(code ?? '') || this.#kept.since !== null;
  }

  /** @param {Frame} frame */
  #onStatus(frame) {
    const known = frame.state === 'queued' || frame.state === 'running';
    if (frame.state === 'running') this.#kept.since ??= Date.now();
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
    if (!this.#isStopping) this.#setState(state, frame);
  }

  /** @param {boolean} connected */
  #onLink(connected) {
    if (this.#isStopping) return;
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
    this.#kept.ended = true;
    this.#failure = state === 'error' || state === 'timeout' ? (frame ?? null) : null;
    this.#keep();
    const isWantedAgain = this.#state === 'restarting';
    this.#setState(state, frame);
    if (isWantedAgain) this.#hooks.onRestart();
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
    if (!this.#kept.executionId) return;
    this.#kept.seen = Math.max(this.#lastSeq, this.#seen);
    remember('session', this.#keptAs, JSON.stringify(this.#kept));
  }
}

/**
 * @param {string} language
 * @returns {KeptRun}
 */
function newRun(language) {
  return { executionId: '', language, ended: false, seen: 0, since: null };
}

/** @param {RunRequest} request */
function digestsOf({ code, files = [] }) {
  const texts = files.filter(({ encoding }) => encoding !== 'base64');
  const digests = texts.map(({ name, content }) => [name, digest(content)]);
  return Object.fromEntries([...digests, ['', digest(code)]]);
}

/** Tells a text from another one; nobody gains by two that have the same. @param {string} text */
function digest(text) {
  let sum = text.length;
  for (let at = 0; at < text.length; at += 1) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
  return sum;
}

/**
 * @param {string} keptAs
 * @returns {KeptRun | null}
 */
function keptRun(keptAs) {
  try {
    const kept = JSON.parse(recall('session', keptAs) ?? 'null');
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
