import { element, find } from '../ui/dom.js';
import { RefusedError } from '../ui/server.js';

/** What the list of files says and asks, below it. */
export class FilesSaid {
  #host = find('files-said');
  #message = element('div');
  #onSay;

  /** @param {() => void} onSay something is told here, which is to be seen */
  constructor(onSay) {
    this.#onSay = onSay;
    this.#host.append(this.#message);
  }

  /** Questions stay. */
  clear() {
    this.#message.replaceChildren();
  }

  /** Why a change was refused. @param {unknown} error */
  sayError(error) {
    if (!(error instanceof Error)) throw error;
    const errors = error instanceof RefusedError ? (error.body?.errors ?? []) : [];
    if (errors.length < 2) return this.say(error.message);
    this.say('Nothing was changed:');
    const items = errors.map((/** @type {{ field: string, message: string }} */ one) =>
      element('li', {}, `${one.field}: ${one.message}`),
    );
    this.#message.append(element('ul', {}, ...items));
  }

  /**
   * @param {string} text
   * @param {{ label: string, act: () => void }[]} acts
   */
  say(text, ...acts) {
    const buttons = acts.map(({ label, act }) => element('button', { onclick: act }, label));
    this.#message.replaceChildren(element('span', {}, text), ...buttons);
    this.#onSay();
  }

  /**
   * Takes the place of what was said, and stays beside what is said or asked after it, until
   * somebody chooses.
   *
   * @param {string} text
   * @param {{ label: string, act: () => void }[]} acts
   */
  ask(text, ...acts) {
    this.clear();
    const question = element('div', {}, element('span', {}, text));
    for (const { label, act } of [...acts, { label: 'Cancel', act: () => {} }]) {
      const choose = () => {
        question.remove();
        act();
      };
      question.append(element('button', { onclick: choose }, label));
    }
    this.#host.append(question);
    question.scrollIntoView({ block: 'nearest' });
    this.#onSay();
  }
}
