import { find, findAll, isEnabled, setEnabled } from '../ui/dom.js';
import { askStream, RefusedError, UnreachableError } from '../ui/server.js';
import { AnswerView } from './answer-view.js';
import {
  ACTION_TITLES,
  lackWords,
  stepTitle,
  troubleWords,
  verdictWords,
} from './assistant-words.js';
import { framesOf } from './event-frames.js';
import { Hints } from './hints.js';
import { Proposal } from './proposal.js';
import { ProposalCard } from './proposal-card.js';
import { ProposalDialog } from './proposal-dialog.js';
import { questionAbout, questionAboutFailure } from './question.js';

/** @import { CurrentRun } from '../run/current-run.js' */
/** @import { Terminal } from '../terminal/terminal.js' */
/** @import { AssistAction, AssistAnswer, AssistFrame, AssistQuestion, AssistStep, AssistTurn } from '../types.js' */
/** @import { Panes } from '../ui/panes.js' */
/** @import { Lesson } from './hints.js' */
/** @import { Project } from './proposal.js' */
/** @import { Program } from './question.js' */

/**
 * @typedef {object} AssistantParts
 * @property {string} url where it is asked
 * @property {boolean} teaching whether hints come first
 * @property {Project} project
 * @property {(language?: string) => Promise<Program>} program as it is on the screen, with what a
 *   run would be given
 * @property {CurrentRun} run
 * @property {Terminal} terminal
 * @property {Panes} panes
 * @property {string} nonce
 * @property {(code: string) => void} insert at the cursor
 * @property {(text: string) => void} announce
 */

/** @typedef {{ title: string, prepare: () => Promise<AssistQuestion>, lesson?: Lesson }} Asked */

/** As the server takes them. */
const MOST_TURNS = 18;
const MOST_TURN = 20_000;
const MOST_QUESTION = 2000;
/** @type {Set<AssistAction>} */
export const ABOUT_FAILURE = new Set(['fix_error', 'explain_error']);

/** The panel in which the assistant is asked, and answers. */
export class Assistant {
  #parts;
  #dialog;
  #thread = find('assistant-thread');
  #empty = find('assistant-empty');
  #field = /** @type {HTMLInputElement} */ (find('assistant-question'));
  #send = find('assistant-send');
  #stop = find('assistant-stop');
  #buttons = /** @type {(HTMLElement & { dataset: { assist: AssistAction } })[]} */ (
    findAll('assist')
  );
  /** Where they come first. */
  hints;
  /** @type {Asked | undefined} */
  #asked;
  /** @type {AssistQuestion | undefined} the last one that was answered */
  #answered;
  /** @type {AnswerView | undefined} */
  #view;
  /** @type {AssistTurn[]} */
  #turns = [];
  /** @type {ProposalCard[]} of this thread */
  #cards = [];
  /** @type {AbortController | undefined} */
  #answering;

  /** @param {AssistantParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#dialog = new ProposalDialog(parts.nonce);
    this.hints = parts.teaching ? new Hints((step) => this.askStep(step), parts.announce) : null;
    for (const button of this.#buttons) {
      button.addEventListener('click', () => {
        if (isEnabled(button)) this.ask(button.dataset.assist);
      });
    }
    this.#stop.addEventListener('click', () => this.#answering?.abort());
    this.#field.addEventListener('input', () => this.#measure());
    find('assistant-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#followUp();
    });
  }

  focus() {
    this.#parts.panes.show('assistant');
    this.#field.focus();
  }

  /** @param {AssistAction} action */
  canAsk(action) {
    return !ABOUT_FAILURE.has(action) || this.#parts.run.failure !== null;
  }

  /** Another run has begun or ended. */
  refresh() {
    this.hints?.follow(this.#parts.run.failure);
    for (const button of this.#buttons) setEnabled(button, this.canAsk(button.dataset.assist));
  }

  /** The text has changed. */
  typed() {
    for (const card of this.#cards) card.refresh();
  }

  /**
   * Begins a new thread.
   *
   * @param {AssistAction} action
   * @param {string} [text] in one's own words
   */
  async ask(action, text) {
    if (this.hints && (action === 'fix_error' || action === 'optimize_code')) {
      if (this.hints.lesson?.action !== action) this.hints.begin(action);
      return this.askStep('nudge');
    }
    const title = text || ACTION_TITLES[action];
    await this.#begin({ title, prepare: () => this.#question(action, text) });
  }

  /**
   * Of what is to be found out, where hints come first.
   *
   * @param {AssistStep} step
   */
  async askStep(step) {
    const lesson = this.hints?.lesson;
    if (!lesson) return;
    const { action } = lesson;
    const prepare = async () => ({ ...(await this.#question(action)), step });
    await this.#begin({ title: stepTitle(action, step), prepare, lesson });
  }

  /** @param {Asked} asked */
  async #begin(asked) {
    this.#parts.panes.show('assistant');
    // What was pressed may be gone with its pane.
    if (!this.#thread.parentElement?.contains(document.activeElement)) this.#thread.focus();
    this.#answering?.abort();
    this.#turns = [];
    this.#cards = [];
    // The hints about one thing stand below each other.
    if (asked.lesson && asked.lesson === this.#asked?.lesson) this.#view?.settle();
    else this.#thread.replaceChildren(this.#empty);
    await this.#show(asked);
  }

  /** The browser tells who asks more than that, and keeps it in the field. */
  #measure() {
    const { length } = [...this.#field.value.trim()];
    const words = `This has ${length} characters. A question may have ${MOST_QUESTION}.`;
    this.#field.setCustomValidity(length > MOST_QUESTION ? words : '');
  }

  #followUp() {
    const text = this.#field.value.trim();
    if (!text) return;
    this.#field.value = '';
    const before = this.#answered;
    if (!before || this.#turns.length === 0) {
      this.ask('explain_code', text);
      return;
    }
    this.#view?.settle();
    const question = { ...before, question: text, turns: this.#turns.slice(-MOST_TURNS) };
    this.#show({ title: text, prepare: async () => question, lesson: this.#asked?.lesson });
  }

  #again() {
    const asked = this.#asked;
    if (!asked) return;
    this.#view?.element.remove();
    this.#thread.focus();
    this.#show(asked);
  }

  /**
   * @param {AssistAction} action
   * @param {string} [text]
   */
  async #question(action, text) {
    const { program, run, terminal } = this.#parts;
    const frame = ABOUT_FAILURE.has(action) ? run.failure : null;
    if (!frame) return questionAbout(action, await program(), text);
    await terminal.drawn();
    const failure = { frame, printed: terminal.text, typed: run.typed };
    return questionAboutFailure(action, run.request ?? (await program(run.language)), failure);
  }

  /** @param {Asked} asked */
  async #show(asked) {
    this.#answering?.abort();
    const answering = new AbortController();
    this.#answering = answering;
    this.#asked = asked;
    this.#setBusy(true);
    this.#parts.announce('The assistant is answering.');
    const view = this.#newView(asked.title);
    try {
      const question = await asked.prepare();
      const lack = lackWords(question);
      if (lack) this.#tellEnd(view, lack);
      else {
        asked.prepare = async () => question;
        await this.#answer(view, question, answering.signal, asked.lesson);
      }
    } catch (error) {
      if (!answering.signal.aborted) this.#tellTrouble(view, error);
      else this.#tellEnd(view, 'Stopped.');
    }
    if (this.#answering === answering) this.#setBusy(false);
  }

  /**
   * @param {AnswerView} view
   * @param {AssistQuestion} question
   * @param {AbortSignal} signal
   * @param {Lesson} [lesson]
   */
  async #answer(view, question, signal, lesson) {
    const body = await askStream(this.#parts.url, { ...question, html: true }, signal);
    for await (const frame of framesOf(body)) {
      if (signal.aborted) break;
      const answer = this.#follow(() => draw(view, frame));
      if (answer) return this.#end(view, question, answer, lesson);
    }
    throw new UnreachableError('The answer broke off.');
  }

  /** @param {string} title */
  #newView(title) {
    const { announce, insert } = this.#parts;
    const view = new AnswerView(title, { again: () => this.#again(), insert, announce });
    this.#view = view;
    this.#empty.remove();
    this.#thread.append(view.element);
    this.#thread.scrollTop = this.#thread.scrollHeight;
    return view;
  }

  /**
   * @param {AnswerView} view
   * @param {AssistQuestion} question
   * @param {AssistAnswer} answer
   * @param {Lesson} [lesson]
   */
  #end(view, question, answer, lesson) {
    this.#answered = question;
    this.#turns = [
      ...(question.turns ?? []),
      ...turn('user', question.question ?? ''),
      ...turn('assistant', answer.response),
    ];
    let verdict = '';
    const next = lesson && this.hints?.given(lesson, answer);
    this.#follow(() => {
      view.end(answer);
      if (answer.files.length === 0) return;
      const proposal = new Proposal(answer, question, this.#parts.project);
      const card = new ProposalCard(view.add(), proposal, {
        action: question.action,
        verdict: answer.verdict,
        dialog: this.#dialog,
        onTold: (said) => {
          this.#parts.announce(said);
          // The button that was pressed is gone.
          if (document.activeElement === document.body) this.#thread.focus();
        },
      });
      this.#cards.push(card);
      const { title, text } = verdictWords(answer.verdict);
      verdict = `${title}. ${text}`;
    });
    const said = ['Answer complete.', verdict, ...answer.notes, next];
    this.#parts.announce(said.filter(Boolean).join(' '));
  }

  /**
   * @param {AnswerView} view
   * @param {unknown} error
   */
  #tellTrouble(view, error) {
    const words = troubleWords(error);
    this.#follow(() => view.fail({ tone: 'bad', ...words }));
    this.#parts.announce(`${words.title} ${words.text ?? ''}`);
  }

  /**
   * @param {AnswerView} view
   * @param {string} why there is no answer, or no more of it
   */
  #tellEnd(view, why) {
    if (view !== this.#view) return view.say(why);
    view.stop(why);
    this.#parts.announce(why);
  }

  /** @param {boolean} busy */
  #setBusy(busy) {
    const [now, before] = busy ? [this.#stop, this.#send] : [this.#send, this.#stop];
    const hasFocus = document.activeElement === before;
    now.hidden = false;
    before.hidden = true;
    if (hasFocus) now.focus();
    this.#thread.setAttribute('aria-busy', String(busy));
  }

  /**
   * Whoever reads the end goes on reading it.
   *
   * @template T
   * @param {() => T} change
   * @returns {T}
   */
  #follow(change) {
    const thread = this.#thread;
    const isAtEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 40;
    const made = change();
    if (isAtEnd) thread.scrollTop = thread.scrollHeight;
    return made;
  }
}

/**
 * @param {AnswerView} view
 * @param {AssistFrame} frame
 * @returns {AssistAnswer | null} at its end
 */
function draw(view, frame) {
  switch (frame.type) {
    case 'start':
      view.start(frame.provider, frame.model);
      return null;
    case 'html':
      view.draw(frame.finished, frame.unfinished);
      return null;
    case 'trying':
      view.say('The proposal is being run with your input…');
      return null;
    case 'error':
      throw new RefusedError(frame.problem.status, frame.problem);
    case 'answer':
      return frame;
    default:
      return null; // the text, which comes as HTML, too
  }
}

/**
 * @param {AssistTurn['role']} role
 * @param {string} content
 * @returns {AssistTurn[]} none where there is nothing
 */
function turn(role, content) {
  return content.trim() ? [{ role, content: content.slice(0, MOST_TURN) }] : [];
}
