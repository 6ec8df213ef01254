import { find } from '../ui/dom.js';
import { isNarrow } from '../ui/panes.js';

/** @import { Merging, Versions } from './merge-view.js' */

/** Makes one text of two versions of a file: theirs, mine, or something of both. */
export class MergeDialog {
  #dialog = /** @type {HTMLDialogElement} */ (find('merge'));
  #nonce;
  /** @type {Merging | undefined} */
  #merging;
  /** @type {((text: string) => void) | undefined} */
  #use;

  /** @param {string} nonce */
  constructor(nonce) {
    this.#nonce = nonce;
    find('merge-use').addEventListener('click', () => {
      const text = this.#merging?.text;
      this.#dialog.close();
      if (text !== undefined) this.#use?.(text);
    });
    find('merge-cancel').addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('close', () => {
      this.#merging?.destroy();
      this.#merging = undefined;
    });
  }

  /**
   * @param {Versions} versions
   * @param {(text: string) => void} use what was made of them
   * @throws while the network is gone, and it was never used before
   */
  async open(versions, use) {
    const { showMerge } = await import('./merge-view.js');
    this.#use = use;
    find('merge-title').textContent = `Two versions of ${versions.path}`;
    this.#dialog.showModal();
    this.#merging?.destroy();
    this.#merging = await showMerge(find('merge-host'), this.#nonce, versions, isNarrow());
    this.#merging.focus();
  }
}
