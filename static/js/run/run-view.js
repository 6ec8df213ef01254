import { find } from '../ui/dom.js';
import { isNarrow } from '../ui/panes.js';
import { RunClock } from './run-clock.js';
import { stateWords } from './words.js';

/** @import { AskHint } from './ask-hint.js' */
/** @import { CurrentRun } from './current-run.js' */
/** @import { MadeFiles } from '../made/made-files.js' */
/** @import { Notice } from '../ui/notice.js' */
/** @import { Panes } from '../ui/panes.js' */
/** @import { Parts } from '../ui/parts.js' */
/** @import { Preview } from '../preview/preview.js' */
/** @import { RunCards } from './run-cards.js' */
/** @import { RunControls } from './run-controls.js' */
/** @import { RunEnding } from './run-ending.js' */
/** @import { StatusBar } from '../ui/status-bar.js' */
/** @import { Terminal } from '../terminal/terminal.js' */
/** @import { Frame, Language, NoticeText, RunState } from '../types.js' */

/** What is typed while the connection is being taken up again waits for it. */
const TYPED_TO = new Set(['running', 'reconnecting']);

/**
 * @typedef {object} RunViewParts
 * @property {Terminal} terminal
 * @property {AskHint} askHint
 * @property {RunControls} controls
 * @property {RunCards} cards
 * @property {RunEnding} ending
 * @property {Notice} notice
 * @property {Preview} preview
 * @property {MadeFiles} made
 * @property {Panes} panes
 * @property {Parts} layout
 * @property {StatusBar} status
 */

/** Shows the run while it goes on: output, preview, state and time. */
export class RunView {
  #parts;
  #clock;
  #empty = find('empty');
  #screen = find('screen');
  /** @type {Language | undefined} */
  #language;
  #printed = false;
  /** What was said of the files that the program made. */
  #made = '';
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
    const { terminal, askHint, cards, made, status } = this.#parts;
    this.#language = language;
    this.#printed = false;
    this.#made = '';
    made.clear();
    this.#pressedAt = performance.now();
    this.#empty.hidden = true;
    this.#setOutputHeight(null);
    terminal.clear();
    askHint.begin();
    cards.begin();
    status.clearNumbers();
    status.announce('');
    status.unwatched();
  }

  /** Back to how the page was before the first run. */
  clear() {
    this.#parts.terminal.clear();
    this.#parts.preview.clear();
    this.#parts.made.clear();
    this.#parts.status.clearNumbers();
    this.#showEmpty();
  }

  /** The server can be reached again: that a run could not begin for want of it is past. */
  backOnline() {
    if (this.#state === 'unreachable') this.#showEmpty();
  }

  #showEmpty() {
    this.#parts.notice.clear();
    this.#empty.hidden = false;
    this.#setOutputHeight(null);
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
    const { terminal, cards, status } = this.#parts;
    switch (frame.type) {
      case 'html_preview':
        return this.#showPage(frame);
      case 'artifacts':
        this.#made = frame.content;
        return this.#parts.made.show(frame.content, frame.files ?? []);
      case 'watched':
        return status.watched(frame.watchers ?? [], frame.content, this.current?.isReplay ?? false);
      case 'dependency':
        return cards.dependency(frame);
      case 'install_error':
        cards.installError(frame);
        return terminal.writeSoft(`${frame.content}\n`);
      case 'install_start':
        cards.installing(frame);
        return terminal.writeSoft(`${frame.content}\n`);
      case 'install_complete':
        cards.installed();
        return terminal.writeSoft(`${frame.content}\n`);
    }
  }

  /**
   * @param {RunState} state
   * @param {Frame} [frame]
   */
  state(state, frame) {
    if (this.#state === 'queued' && state !== 'queued') this.#admitted();
    this.#setState(state, frame);
    if (state === 'queued' && frame?.position) this.#queued(frame.position);
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
    const { notice, status, panes, layout } = this.#parts;
    if (!card) return notice.clear();
    if (!notice.isShown && !this.current?.isReplay) layout.bringBack('output');
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
    const isRead = TYPED_TO.has(this.#state) && !this.current?.isPiped && !this.current?.isReplay;
    const typed = active && isRead;
    terminal.setOpen(typed);
    askHint.watch(typed);
    const stopping = this.#state === 'stopping';
    controls.show({ active, typed, runnable: !active || stopping, stoppable: active && !stopping });
  }

  /** A page is shown and not run: it has no input, no exit code and no numbers. */
  get #isPage() {
    return this.#language?.file.endsWith('.html') ?? false;
  }

  /** @param {Frame} frame */
  #showPage({ preview_url: url }) {
    if (!url) return;
    this.#parts.preview.show(url);
    if (this.current?.isReplay) this.#parts.panes.prepare('preview');
    else this.#parts.panes.show('preview');
  }

  /** @param {number} position */
  #queued(position) {
    // A terminal of no height keeps its size, which the program will be started with.
    this.#setOutputHeight(0);
    this.#parts.cards.queued(position);
  }

  #admitted() {
    this.#setOutputHeight(null);
    this.#parts.cards.admitted();
  }

  /** @param {Frame} frame */
  #started(frame) {
    if (frame.note) this.#parts.terminal.writeSoft(`${frame.note}\n`);
    if (this.current?.isPiped)
      this.#parts.terminal.writeSoft('The program reads its prepared input.\n');
    this.#clock.start(this.current?.since ?? Date.now(), frame);
    if (!this.current?.isReplay) this.#parts.status.announce('The program runs.');
  }

  /** @param {number | null} height in pixels, or as much as there is */
  #setOutputHeight(height) {
    if (height === null) this.#screen.style.removeProperty('--output-height');
    else this.#screen.style.setProperty('--output-height', `${height}px`);
    // An observer would not see a height that was measured and gone before the next frame.
    this.#parts.terminal.refit();
  }

  /**
   * @param {RunState} state
   * @param {Frame} [frame]
   */
  async #ended(state, frame) {
    const { terminal, ending } = this.#parts;
    this.#clock.stop();
    this.#parts.status.unwatched();
    terminal.tidy();
    // The last run is no longer kept: there is nothing to show again.
    if (frame?.type === 'error' && this.current?.wasEnded) return this.clear();
    await ending.tell({
      state,
      frame,
      isPage: this.#isPage,
      isSilent: !this.#printed,
      made: this.#made,
      isReplay: this.current?.isReplay ?? false,
      isLast: () => this.#state === state,
    });
    this.#makeRoom();
  }

  /** What is said of the end stands right below the output where that is short. */
  async #makeRoom() {
    const { terminal, made, notice } = this.#parts;
    await terminal.drawn();
    if (this.current?.isActive) return;
    terminal.paintPlaces();
    if (notice.isShown || made.isShown) this.#setOutputHeight(terminal.usedHeight);
  }
}
