import { find, findAll, isEnabled, setEnabled } from '../ui/dom.js';
import { hintWords, stepTitle } from './assistant-words.js';

/** @import { AssistAnswer, AssistStep, Frame } from '../types.js' */

/**
 * What is to be found out, hint by hint: the last failure, or how the program gets better. `open`
 * counts the steps that may be asked for.
 *
 * @typedef {{ action: 'fix_error' | 'optimize_code', open: number }} Lesson
 */

/** @type {AssistStep[]} */
export const STEPS = ['nudge', 'explain', 'show'];

/**
 * The buttons of the steps, where hints come first. The server holds their order; here it is shown
 * where one stands.
 */
export class Hints {
  #buttons = /** @type {(HTMLElement & { dataset: { hint: AssistStep } })[]} */ (findAll('hint'));
  #words = find('hint-words');
  /** @type {Frame | null} */
  #failure = null;
  /** @type {Lesson | null} */
  lesson = null;

  /**
   * @param {(step: AssistStep) => void} onAsk
   * @param {(text: string) => void} announce
   */
  constructor(onAsk, announce) {
    for (const button of this.#buttons) {
      button.addEventListener('click', () => {
        if (isEnabled(button)) onAsk(button.dataset.hint);
        else announce(this.words);
      });
    }
    this.#show();
  }

  get words() {
    return hintWords(this.lesson);
  }

  /** @param {AssistStep} step */
  canAsk(step) {
    return this.lesson !== null && STEPS.indexOf(step) < this.lesson.open;
  }

  /** @param {AssistStep} step */
  title(step) {
    return stepTitle(this.lesson?.action ?? 'fix_error', step);
  }

  /** @param {Lesson['action']} action */
  begin(action) {
    this.lesson = { action, open: 1 };
    this.#show();
  }

  /** @param {Frame | null} failure of the last run */
  follow(failure) {
    if (failure === this.#failure) return;
    this.#failure = failure;
    if (failure) return this.begin('fix_error');
    if (this.lesson?.action === 'fix_error') this.lesson = null;
    this.#show();
  }

  /**
   * @param {Lesson} lesson that the answer belongs to
   * @param {AssistAnswer} answer
   * @returns {string} what may be asked for now, in words
   */
  given(lesson, { next_step: next }) {
    const open = next ? STEPS.indexOf(next) + 1 : STEPS.length;
    const isNew = open > lesson.open;
    lesson.open = open;
    this.#show();
    return isNew && lesson === this.lesson ? this.words : '';
  }

  #show() {
    for (const button of this.#buttons) {
      const step = button.dataset.hint;
      button.textContent = this.title(step);
      setEnabled(button, this.canAsk(step));
    }
    this.#words.textContent = this.words;
  }
}
