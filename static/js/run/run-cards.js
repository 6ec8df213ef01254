import { dependencyNotice, endingNotice, installErrorNotice } from './ending-words.js';
import { queueNotice, refusalNotice, unreachableNotice } from './words.js';

/** @import { AssistAction, Frame, NoticeAction, NoticeText, Place, RunState } from '../types.js' */

/**
 * @typedef {object} RunCardsHooks
 * @property {(card: NoticeText | null) => void} onCard what to show; null for nothing
 * @property {() => void} runAgain
 * @property {(packageName: string) => void} install for this and the next runs, then run again
 * @property {(packages: string[]) => void} runWithout
 * @property {(packageName: string) => boolean} hasPackage whether runs ask for it already
 * @property {(place: Place) => void} goTo
 * @property {(place: Place) => string | null} textAt the line of code there; null where there is none
 * @property {((action: AssistAction) => void) | null} assist asks the assistant, where there is one
 * @property {boolean} teaching whether it gives hints first
 */

/** What is said of a run beside its output, with the next steps as buttons. */
export class RunCards {
  #hooks;
  /** @type {Frame | undefined} */
  #dependency;
  /** @type {Frame | undefined} */
  #installError;
  /** Where in the queue the run began to wait. */
  #firstPosition = 0;

  /** @param {RunCardsHooks} hooks */
  constructor(hooks) {
    this.#hooks = hooks;
  }

  begin() {
    this.#dependency = undefined;
    this.#installError = undefined;
    this.#firstPosition = 0;
    this.#hooks.onCard(null);
  }

  /** @param {number} position */
  queued(position) {
    this.#firstPosition = Math.max(this.#firstPosition, position);
    const progress = this.#firstPosition > 1 ? 1 - position / this.#firstPosition : null;
    this.#hooks.onCard({ ...queueNotice(position), progress });
  }

  /** @param {Frame} frame an `install_start` frame; how long it takes nobody knows */
  installing({ packages = [] }) {
    const title = `Installing ${packages.join(', ')}…`;
    const text = 'Your program starts when that is done. Next time they are there at once.';
    this.#hooks.onCard({ tone: 'busy', title, text, progress: null });
  }

  installed() {
    this.#hooks.onCard(null);
  }

  /** It waits no longer. */
  admitted() {
    this.#hooks.onCard(null);
  }

  /** @param {Frame} frame a `dependency` frame, which comes before the last one */
  dependency(frame) {
    this.#dependency = frame;
  }

  /** @param {Frame} frame an `install_error` frame; the program runs all the same */
  installError(frame) {
    this.#installError = frame;
    this.#hooks.onCard(installErrorNotice(frame));
  }

  /** @param {Frame} frame an `error` frame */
  refused(frame) {
    this.#hooks.onCard({ ...refusalNotice(frame), actions: [this.#again()] });
  }

  /**
   * @param {'unreachable' | 'lost'} state
   * @param {boolean} serverAnswers
   */
  unreachable(state, serverAnswers) {
    const notice = unreachableNotice(state, serverAnswers);
    this.#hooks.onCard({ ...notice, actions: [this.#again()] });
  }

  /**
   * The program has ended; one that ended well needs no card.
   *
   * @param {RunState} state
   * @param {Frame} frame a `complete` frame
   */
  ended(state, frame) {
    const card = this.#installError ? this.#notInstalled(this.#installError) : null;
    const ending = card ?? this.#ending(state, frame);
    if (ending) this.#hooks.onCard(ending);
  }

  /**
   * @param {Frame} frame
   * @returns {NoticeText}
   */
  #notInstalled(frame) {
    const packages = frame.packages ?? [];
    const without = packages.length === 1 ? `Run without ${packages[0]}` : 'Run without them';
    return {
      ...installErrorNotice(frame),
      actions: [
        { label: 'Try again', first: true, act: () => this.#hooks.runAgain() },
        { label: without, act: () => this.#hooks.runWithout(packages) },
      ],
    };
  }

  /**
   * @param {RunState} state
   * @param {Frame} frame
   * @returns {NoticeText | null}
   */
  #ending(state, frame) {
    const place = placeOf(frame);
    const name = this.#dependency?.package_name;
    if (this.#dependency && name && !this.#hooks.hasPackage(name)) {
      const install = {
        label: 'Install and run again',
        first: true,
        act: () => this.#hooks.install(name),
      };
      return {
        ...dependencyNotice(this.#dependency),
        actions: place ? [install, this.#goTo(place)] : [install],
      };
    }
    const notice = endingNotice(state, frame);
    const code = (place && this.#hooks.textAt(place)?.trim()) || undefined;
    const actions = place ? [{ ...this.#goTo(place), first: true }] : [];
    return notice && { ...notice, code, actions: [...actions, ...this.#help()] };
  }

  /** @returns {NoticeAction[]} */
  #help() {
    const { assist, teaching } = this.#hooks;
    if (!assist) return [];
    if (teaching) return [{ label: 'Give me a nudge', act: () => assist('fix_error') }];
    return [
      { label: 'Explain', act: () => assist('explain_error') },
      { label: 'Fix', act: () => assist('fix_error') },
    ];
  }

  /** @returns {NoticeAction} */
  #again() {
    return { label: 'Run again', first: true, act: () => this.#hooks.runAgain() };
  }

  /**
   * @param {Place} place
   * @returns {NoticeAction}
   */
  #goTo(place) {
    return { label: `Go to line ${place.line}`, act: () => this.#hooks.goTo(place) };
  }
}

/**
 * Where the program went wrong, if the server knows.
 *
 * @param {Frame} frame a `complete` frame
 * @returns {Place | null}
 */
export function placeOf({ file, line, column }) {
  return line ? { file: file ?? null, line, column: column ?? null } : null;
}
