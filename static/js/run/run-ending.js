import { serverAnswers } from '../ui/server.js';
import { megabytes, seconds } from '../ui/status-bar.js';
import { placeOf } from './run-cards.js';

/** @import { Problems } from './problems.js' */
/** @import { RunCards } from './run-cards.js' */
/** @import { StatusBar } from '../ui/status-bar.js' */
/** @import { Terminal } from '../terminal/terminal.js' */
/** @import { Frame, Place, RunState } from '../types.js' */

/**
 * @typedef {object} RunEndingParts
 * @property {Terminal} terminal
 * @property {RunCards} cards
 * @property {Problems} problems
 * @property {StatusBar} status
 * @property {(place: Place | null) => void} markError
 * @property {() => string[]} fileNames beside the one that the server names
 */

/**
 * How a run ended, and what the page knows of it.
 *
 * @typedef {object} End
 * @property {RunState} state
 * @property {Frame} [frame] the last one, where there is one
 * @property {boolean} isPage a page was shown and not run: it has no exit code and no numbers
 * @property {boolean} isSilent the program printed nothing
 * @property {string} made what is said of the files that it made
 * @property {boolean} isReplay it was told before, ahead of a reload
 * @property {() => boolean} isLast whether no other run has begun since
 */

/** Tells how a run ended: numbers, a line below the output or a card, and once to screen readers. */
export class RunEnding {
  #parts;

  /** @param {RunEndingParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @param {End} end */
  async tell(end) {
    const { terminal, cards } = this.#parts;
    const { state, frame } = end;
    if (frame?.type === 'complete') await this.#tellComplete(end, frame);
    else if (frame?.type === 'error') cards.refused(frame);
    else if (state === 'stopped') await terminal.note('Stopped.');
    else if (state === 'unreachable' || state === 'lost') {
      const answers = await serverAnswers();
      if (end.isLast()) cards.unreachable(state, answers);
    }
  }

  /**
   * @param {End} end
   * @param {Frame} frame
   */
  async #tellComplete(end, frame) {
    const { terminal, cards, problems, status, markError, fileNames } = this.#parts;
    if (end.isPage) {
      status.clearNumbers();
      return status.announce('The page is shown.');
    }
    if (typeof frame.duration_ms === 'number') status.time(frame.duration_ms);
    if (typeof frame.cpu_ms === 'number') status.cpu(frame.cpu_ms);
    if (frame.memory_bytes) status.memory(frame.memory_bytes);
    if (frame.file) terminal.linkPlacesOf([frame.file, ...fileNames()]);
    if (end.state !== 'stopped') markError(placeOf(frame));
    problems.show(frame.problems ?? []);
    cards.ended(end.state, frame);
    const { shown, said } = endingLine(end, frame);
    if (!shown) return; // a failure has its card
    if (!end.isReplay) status.announce(said);
    await terminal.note(shown);
  }
}

/**
 * The line below the output, and the same for screen readers, who do not see the status bar.
 *
 * @param {End} end
 * @param {Frame} frame
 */
function endingLine({ state, isSilent, made }, frame) {
  const took = typeof frame.duration_ms === 'number' ? seconds(frame.duration_ms) : '';
  const memory = frame.memory_bytes ? `, ${megabytes(frame.memory_bytes)}` : '';
  if (state === 'stopped') {
    const shown = `Stopped${took && ` after ${took}`}.`;
    return { shown, said: shown };
  }
  if (state !== 'completed') return { shown: '', said: '' };
  const nothing = isSilent && !made ? ' The program printed nothing.' : '';
  const shown = `Finished${took && ` in ${took}`}.${nothing}`;
  return { shown, said: `${shown} Exit code 0${memory}. ${made}`.trim() };
}
