import { find } from './dom.js';
import { isNarrow } from './panes.js';
import { placeOf } from './run-cards.js';
import { RunClock } from './run-clock.js';
import { megabytes, seconds } from './status-bar.js';
import { runningNote, stateWords } from './words.js';

/** @import { AskHint } from './ask-hint.js' */
/** @import { CurrentRun } from './current-run.js' */
/** @import { Notice } from './notice.js' */
/** @import { Panes } from './panes.js' */
/** @import { Preview } from './preview.js' */
/** @import { RunCards } from './run-cards.js' */
/** @import { RunControls } from './run-controls.js' */
/** @import { StatusBar } from './status-bar.js' */
/** @import { Terminal } from './terminal.js' */
/** @import { Frame, Language, NoticeText, Place, RunState } from './types.js' */

/** What is typed while the connection is being taken up again waits for it. */
const TYPED_TO = new Set(['running', 'reconnecting']);

/**
 * @typedef {object} RunViewParts
 * @property {Terminal} terminal
 * @property {AskHint} askHint
 * @property {RunControls} controls
 * @property {RunCards} cards
 * @property {Notice} notice
 * @property {Preview} preview
 * @property {Panes} panes
 * @property {StatusBar} status
 * @property {(place: Place | null) => void} markError
 */

/** Shows the run: output, preview, state, numbers and, at the end, what became of it. */
export class RunView {
  #parts;
  #clock;
  #empty = find('empty');
  #screen = find('screen');
  /** @type {Language | undefined} */
  #language;
  #printed = false;
  #pressedAt = 0;
  /** @type {RunState} */
  #state = 'idle';
  /** @type {CurrentRun | undefined} */
  current;

  /** @param {RunViewParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#clock = new RunClock((ms) => parts.status.time(ms, 1));
  }

  /** @param {Language} language */
  begin(language) {
    const { terminal, askHint, cards, status } = this.#parts;
    this.#language = language;
    this.#printed = false;
    this.#pressedAt = performance.now();
    this.#empty.hidden = true;
    this.#screen.style.removeProperty('--output-height');
    terminal.clear();
    terminal.linkPlacesOf(language.file);
    askHint.begin();
    cards.begin();
    status.clearNumbers();
    status.announce('');
  }

  /** Back to how the page was before the first run. */
  clear() {
    this.#parts.terminal.clear();
    this.#parts.preview.clear();
    this.#parts.status.clearNumbers();
    this.#parts.notice.clear();
    this.#empty.hidden = false;
    this.#setState('idle');
  }

  /** @param {Frame} frame a `stdout` or `stderr` frame */
  output({ content }) {
    const { terminal, askHint, status } = this.#parts;
    if (this.#state === 'installing') return terminal.writeSoft(content);
    if (!this.#printed && !this.current?.isReplay) {
      status.firstOutput(performance.now() - this.#pressedAt);
    }
    this.#printed = true;
    terminal.write(content);
    askHint.written();
  }

  /** @param {Frame} frame */
  event(frame) {
    const { terminal, cards } = this.#parts;
    switch (frame.type) {
      case 'html_preview':
        return this.#showPage(frame);
      case 'dependency':
        return cards.dependency(frame);
      case 'install_error':
        cards.installError(frame);
        return terminal.writeSoft(`${frame.content}\n`);
      case 'install_start':
      case 'install_complete':
        return terminal.writeSoft(`${frame.content}\n`);
    }
  }

  /**
   * @param {RunState} state
   * @param {Frame} [frame]
   */
  state(state, frame) {
    this.#setState(state, frame);
    if (state === 'queued') this.#parts.cards.queued(frame?.position ?? 1);
    else this.#parts.cards.admitted();
    if (state === 'running' && frame) this.#started(frame);
    if (!this.current?.isActive) this.#ended(state, frame);
  }

  /** All that was shown before a reload is shown again. */
  async caughtUp() {
    // What the program asked of the terminal back then must not be answered a second time.
    await this.#parts.terminal.drawn();
    this.#listen();
  }

  /** @param {NoticeText | null} card */
  showCard(card) {
    const { notice, status, panes } = this.#parts;
    if (!card) return notice.clear();
    notice.show(card);
    if (!this.current?.isReplay) {
      status.announce([card.title, card.text].filter(Boolean).join(' '));
    }
    if (isNarrow() && panes.narrowPane === 'preview') panes.show('terminal');
  }

  /**
   * @param {RunState} state
   * @param {Frame} [frame]
   */
  #setState(state, frame) {
    this.#state = state;
    const { text, tone } = stateWords(state, frame);
    const isShown = state === 'completed' && this.#isPage;
    this.#parts.status.state(isShown ? 'Page shown' : text, tone);
    this.#listen();
  }

  /** The terminal takes what is typed while somebody reads it. */
  #listen() {
    const { terminal, askHint, controls } = this.#parts;
    const active = this.current?.isActive ?? false;
    const isRead = TYPED_TO.has(this.#state) && !this.#isPage && !this.current?.isReplay;
    const typed = active && isRead;
    terminal.setOpen(typed);
    askHint.watch(typed);
    controls.show({ active, typed, stoppable: active && this.#state !== 'stopping' });
  }

  /** A page is shown and not run: it has no input, no exit code and no numbers. */
  get #isPage() {
    return this.#language?.file.endsWith('.html') ?? false;
  }

  /** @param {Frame} frame */
  #showPage({ preview_url: url }) {
    if (!url) return;
    this.#parts.preview.show(url);
    this.#parts.panes.show('preview');
  }

  /** @param {Frame} frame */
  #started(frame) {
    const note = runningNote(frame);
    if (note) this.#parts.terminal.writeSoft(`${note}\n`);
    this.#clock.start(this.current?.since ?? Date.now(), frame);
    if (!this.current?.isReplay) this.#parts.status.announce('The program runs.');
  }

  /**
   * What is said of the end stands right below the output where that is short.
   *
   * @param {Promise<void>} noted the last line of the output is on its way
   */
  async #makeRoom(noted) {
    const { terminal, notice } = this.#parts;
    await noted;
    await terminal.drawn();
    if (this.current?.isActive) return;
    terminal.paintPlaces();
    if (!notice.isShown) return;
    this.#screen.style.setProperty('--output-height', `${terminal.usedHeight}px`);
  }

  /**
   * @param {RunState} state
   * @param {Frame} [frame]
   */
  #ended(state, frame) {
    const { terminal, cards } = this.#parts;
    this.#clock.stop();
    terminal.tidy();
    if (frame?.type === 'complete') return this.#showComplete(state, frame);
    if (frame?.type === 'error' && this.current?.wasEnded) return this.clear();
    if (frame?.type === 'error') return cards.refused(frame);
    if (state === 'stopped') return terminal.note('Stopped.');
    if (state === 'unreachable' || state === 'lost') return this.#showUnreachable(state);
  }

  /** @param {'unreachable' | 'lost'} state */
  async #showUnreachable(state) {
    const answers = await serverAnswers();
    if (this.#state === state) this.#parts.cards.unreachable(state, answers);
  }

  /**
   * @param {RunState} state
   * @param {Frame} frame
   */
  #showComplete(state, frame) {
    const { cards, status } = this.#parts;
    if (this.#isPage) {
      status.clearNumbers();
      return status.announce('The page is shown.');
    }
    this.#showNumbers(frame);
    if (frame.file) this.#parts.terminal.linkPlacesOf(frame.file);
    if (state !== 'stopped') this.#parts.markError(placeOf(frame));
    const noted = this.#note(state, frame);
    cards.ended(state, frame);
    this.#makeRoom(noted);
  }

  /** @param {Frame} frame */
  #showNumbers(frame) {
    const { status } = this.#parts;
    if (typeof frame.duration_ms === 'number') status.time(frame.duration_ms);
    if (frame.memory_bytes) status.memory(frame.memory_bytes);
  }

  /**
   * One line below the output; a failure has its card instead.
   *
   * @param {RunState} state
   * @param {Frame} frame
   */
  async #note(state, frame) {
    const took = typeof frame.duration_ms === 'number' ? seconds(frame.duration_ms) : '';
    const memory = frame.memory_bytes ? `, ${megabytes(frame.memory_bytes)}` : '';
    if (state === 'stopped') return this.#say(`Stopped${took && ` after ${took}`}.`);
    if (state !== 'completed') return;
    const nothing = this.#printed ? '' : ' The program printed nothing.';
    this.#say(`Finished${took && ` in ${took}`}.${nothing}`, `Exit code 0${memory}.`);
  }

  /**
   * In the terminal, and once to screen readers.
   *
   * @param {string} text
   * @param {string} [more] for screen readers, who do not see the status bar
   */
  #say(text, more = '') {
    if (!this.current?.isReplay) this.#parts.status.announce(`${text} ${more}`.trim());
    return this.#parts.terminal.note(text);
  }
}

/** Whether the server can be reached at all. */
async function serverAnswers() {
  try {
    return (await fetch('/health', { cache: 'no-store', signal: AbortSignal.timeout(3000) })).ok;
  } catch {
    return false;
  }
}
