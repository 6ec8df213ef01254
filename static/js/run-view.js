import { find, findAll, isEnabled, setEnabled } from './dom.js';
import { Notice } from './notice.js';
import { isNarrow } from './panes.js';
import { readProblem } from './problem.js';
import { megabytes, seconds } from './status-bar.js';
import { endingNotice, refusalNotice, stateWords, unreachableNotice } from './words.js';

/** @import { CurrentRun } from './current-run.js' */
/** @import { InputLine } from './input-line.js' */
/** @import { Panes } from './panes.js' */
/** @import { Preview } from './preview.js' */
/** @import { StatusBar } from './status-bar.js' */
/** @import { Terminal } from './terminal.js' */
/** @import { Frame, Language, NoticeAction, RunState, Runner } from './types.js' */

/** The last part of stderr, enough for a traceback. */
const ERRORS_KEPT = 16 * 1024;

/**
 * @typedef {object} RunViewParts
 * @property {Terminal} terminal
 * @property {InputLine} input
 * @property {Preview} preview
 * @property {Panes} panes
 * @property {StatusBar} status
 * @property {Runner} runner
 * @property {(packages?: string[]) => void} runAgain
 * @property {(language: string, line: number) => void} goToLine
 * @property {(language: string, line: number) => void} markErrorLine
 */

/** Shows the run: output, input, preview, state, numbers and, at the end, what to do next. */
export class RunView {
  #parts;
  #notice = new Notice();
  #run = find('run');
  #stop = find('stop');
  #empty = find('empty');
  /** @type {Language | undefined} */
  #language;
  #errors = '';
  #printed = false;
  #pressedAt = 0;
  /** @type {RunState} */
  #state = 'idle';
  /** @type {Frame | undefined} */
  #dependency;
  /** @type {CurrentRun | undefined} */
  current;

  /** @param {RunViewParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  get notice() {
    return this.#notice;
  }

  /** @param {Language} language */
  begin(language) {
    this.#language = language;
    this.#errors = '';
    this.#printed = false;
    this.#dependency = undefined;
    this.#pressedAt = performance.now();
    this.#notice.clear();
    this.#empty.hidden = true;
    this.#parts.terminal.clear(language.file);
    this.#parts.status.clearNumbers();
    this.#parts.status.announce('');
  }

  /** Back to how the page was before the first run. */
  clear() {
    this.#parts.terminal.clear('');
    this.#parts.preview.clear();
    this.#parts.status.clearNumbers();
    this.#notice.clear();
    this.#empty.hidden = false;
    this.#setState('idle');
  }

  /**
   * @param {'stdout' | 'stderr' | 'input'} stream
   * @param {string} text
   */
  text(stream, text) {
    const { terminal, status } = this.#parts;
    if (stream === 'input') return terminal.echo(text);
    if (!this.#printed && this.#state !== 'installing' && !this.current?.isReplay) {
      status.firstOutput(performance.now() - this.#pressedAt);
    }
    this.#printed = true;
    if (stream === 'stdout') return terminal.stdout(text);
    this.#errors = (this.#errors + text).slice(-ERRORS_KEPT);
    terminal.stderr(text);
  }

  /** @param {Frame} frame */
  event(frame) {
    const { terminal, preview, panes } = this.#parts;
    switch (frame.type) {
      case 'html_preview':
        if (!frame.preview_url) return;
        preview.show(frame.preview_url);
        return panes.show('preview');
      case 'dependency':
        this.#dependency = frame;
        return;
      case 'install_error':
        this.#printed = true;
        return this.#notice.show({
          tone: 'bad',
          title: 'The packages could not be installed.',
          text: frame.content,
        });
      case 'install_start':
      case 'install_complete':
        return terminal.note(frame.content);
    }
  }

  /**
   * @param {RunState} state
   * @param {Frame} [frame]
   */
  state(state, frame) {
    this.#setState(state, frame);
    if (state === 'running') this.#parts.status.startClock();
    if (this.current?.isActive) return;
    this.#parts.status.stopClock();
    if (frame?.type === 'complete') this.#showNumbers(frame);
    this.#showEnding(state, frame);
  }

  /**
   * @param {RunState} state
   * @param {Frame} [frame]
   */
  #setState(state, frame) {
    this.#state = state;
    const active = this.current?.isActive ?? false;
    const { text, tone } = stateWords(state, frame);
    const isShown = state === 'completed' && this.#isPage;
    this.#parts.status.state(isShown ? 'Page shown' : text, tone);
    document.body.toggleAttribute('data-busy', active);
    this.#moveFocus(active);
    setEnabled(this.#run, !active);
    setEnabled(this.#stop, active && state !== 'stopping');
    if (!active) this.#parts.input.setState('idle');
    else if (state === 'running' && !this.#isPage) this.#parts.input.setState('open');
  }

  /**
   * Where Run and Stop share one place, the button in focus is about to go.
   *
   * @param {boolean} active
   */
  #moveFocus(active) {
    const [from, to] = active ? [this.#run, this.#stop] : [this.#stop, this.#run];
    if (isNarrow() && document.activeElement === from) to.focus();
  }

  /** A page is shown and not run: it has no input, no exit code and no numbers. */
  get #isPage() {
    return this.#language?.file.endsWith('.html') ?? false;
  }

  /** @param {Frame} frame */
  #showNumbers(frame) {
    if (this.#isPage) return this.#parts.status.clearNumbers();
    if (typeof frame.duration_ms === 'number') this.#parts.status.time(frame.duration_ms);
    if (frame.memory_bytes) this.#parts.status.memory(frame.memory_bytes);
  }

  /**
   * @param {RunState} state
   * @param {Frame} [frame]
   */
  async #showEnding(state, frame) {
    if (frame?.type === 'complete') return this.#showComplete(state, frame);
    if (frame?.type === 'error') return this.#showRefusal(frame);
    if (state === 'stopped') return this.#parts.terminal.note('Stopped.');
    if (state !== 'unreachable' && state !== 'lost') return;
    const notice = unreachableNotice(state, await serverAnswers());
    if (this.#state === state) this.#showNotice({ ...notice, actions: [this.#again()] });
  }

  /** @param {Frame} frame */
  #showRefusal(frame) {
    if (this.current?.isReplay) return this.clear();
    this.#showNotice({ ...refusalNotice(frame), actions: [this.#again()] });
  }

  /**
   * @param {RunState} state
   * @param {Frame} frame
   */
  #showComplete(state, frame) {
    const { terminal, status } = this.#parts;
    const took = typeof frame.duration_ms === 'number' ? ` in ${seconds(frame.duration_ms)}` : '';
    const memory = frame.memory_bytes ? `, ${megabytes(frame.memory_bytes)}` : '';
    if (state === 'completed' && this.#isPage) return status.announce('The page is shown.');
    if (state === 'completed') {
      const nothing = this.#printed ? '' : ' The program printed nothing.';
      terminal.note(`Finished${took}.${nothing}`);
      return status.announce(`Finished with exit code 0${took}${memory}.${nothing}`);
    }
    if (state === 'stopped') {
      terminal.note(`Stopped${took ? ` after${took.slice(3)}` : ''}.`);
      return status.announce('Stopped.');
    }
    this.#showFailure(state, frame);
  }

  /**
   * @param {RunState} state
   * @param {Frame} frame
   */
  #showFailure(state, frame) {
    const language = this.#language;
    const problem = readProblem(this.#errors, language?.file ?? '');
    if (this.#dependency) return this.#showDependency(this.#dependency);
    const notice = endingNotice(state, frame, problem);
    if (!notice || !language) return;
    /** @type {NoticeAction[]} */
    const actions = [];
    const { line } = problem;
    if (line) {
      this.#parts.markErrorLine(language.id, line);
      actions.push({
        label: `Go to line ${line}`,
        first: true,
        act: () => this.#parts.goToLine(language.id, line),
      });
    }
    if (state === 'lost') actions.push(this.#again());
    this.#showNotice({ ...notice, actions });
  }

  /** @param {Frame} frame */
  #showDependency(frame) {
    const name = frame.package_name ?? frame.module ?? '';
    const canInstall = this.#parts.runner.name === 'docker';
    this.#showNotice({
      tone: 'warn',
      title: `The program needs ${name}, which is not installed.`,
      text: canInstall
        ? 'It can be installed for the next run.'
        : 'The embedded sandbox has only what is installed on the server. Where you may:',
      code: frame.install_command,
      actions: canInstall
        ? [
            {
              label: `Install ${name} and run again`,
              first: true,
              act: () => this.#parts.runAgain([name]),
            },
          ]
        : [],
    });
  }

  /** @param {import('./types.js').NoticeText} notice */
  #showNotice(notice) {
    this.#notice.show(notice);
    this.#parts.status.announce([notice.title, notice.text].filter(Boolean).join(' '));
    if (isNarrow() && this.#parts.panes.narrowPane === 'preview')
      this.#parts.panes.show('terminal');
  }

  /** @returns {NoticeAction} */
  #again() {
    return { label: 'Run again', first: true, act: () => this.#parts.runAgain() };
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

/**
 * Buttons and keys for Run and Stop.
 *
 * @param {() => void} run
 * @param {() => void} stop
 */
export function wireRunControls(run, stop) {
  const runButton = find('run');
  const stopButton = find('stop');
  runButton.addEventListener('click', () => isEnabled(runButton) && run());
  stopButton.addEventListener('click', () => isEnabled(stopButton) && stop());
  const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  if (isMac) for (const key of findAll('run-key')) key.textContent = '⌘ ⏎';
  // In the capture phase: the editor has a meaning of its own for these keys.
  window.addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      if (isEnabled(runButton)) run();
    },
    { capture: true },
  );
}
