import { find } from '../ui/dom.js';

/**
 * @typedef {object} PathQuestion
 * @property {string} title
 * @property {string} submit the word on the button
 * @property {string} path to begin with
 * @property {(path: string) => Promise<void>} act what it throws is said, and the dialog stays
 * @property {(path: string) => void} done where the focus goes
 */

/** Asks where a file is to be, and again until it can be there. */
export class PathDialog {
  #dialog = /** @type {HTMLDialogElement} */ (find('path-dialog'));
  #input = /** @type {HTMLInputElement} */ (find('path-input'));
  #problem = find('path-problem');
  /** @type {PathQuestion | undefined} */
  #question;

  constructor() {
    find('path-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    find('path-cancel').addEventListener('click', () => this.#dialog.close());
  }

  /** @param {PathQuestion} question */
  ask(question) {
    const { title, submit, path } = question;
    this.#question = question;
    find('path-title').textContent = title;
    find('path-submit').textContent = submit;
    this.#problem.textContent = '';
    this.#input.value = path;
    this.#dialog.showModal();
    const name = path.lastIndexOf('/') + 1;
    const dot = path.lastIndexOf('.');
    this.#input.setSelectionRange(name, dot > name ? dot : path.length);
  }

  async #submit() {
    const path = this.#input.value.trim();
    try {
      if (!path) throw new Error('Give it a name.');
      await this.#question?.act(path);
      this.#dialog.close();
      this.#question?.done(path);
    } catch (error) {
      this.#problem.textContent = error instanceof Error ? error.message : String(error);
      this.#input.focus();
    }
  }
}
