import { find } from '../ui/dom.js';
import { Notice } from '../ui/notice.js';
import { MergeDialog } from './merge-dialog.js';
import { conflictNotice } from './workspace-words.js';

/** @import { NoticeText } from '../types.js' */
/** @import { FileStore, StoredFile } from './file-store.js' */

/**
 * @typedef {object} ConflictParts
 * @property {FileStore} store
 * @property {string} nonce for the style sheets of the merge view
 * @property {(file: StoredFile) => string | null} textOf as it is on the screen
 * @property {(file: StoredFile, text: string) => void} onMerged
 * @property {(file: StoredFile) => void} onKept which is another one afterwards, where it had been
 *   deleted
 * @property {(card: NoticeText) => void} tell
 */

/** Two versions of a file, of which one is to be chosen, or one to be made of both. */
export class Conflicts {
  #parts;
  #notice = new Notice(find('conflict'));
  #dialog;

  /** @param {ConflictParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#dialog = new MergeDialog(parts.nonce);
  }

  /** @param {StoredFile | undefined} file the one in front */
  show(file) {
    if (!file?.theirs) return this.#notice.clear();
    const { store, onKept } = this.#parts;
    this.#notice.show(
      conflictNotice(file, {
        mine: async () => {
          await store.keepMine(file);
          onKept(file);
        },
        theirs: () => store.takeTheirs(file),
        merge: () => this.#merge(file),
      }),
    );
  }

  /** @param {StoredFile} file */
  async #merge(file) {
    const { store, textOf, onMerged, tell } = this.#parts;
    const theirs = file.theirs?.content;
    if (typeof theirs !== 'string') return;
    const use = (/** @type {string} */ text) => {
      onMerged(file, text);
      store.useMerged(file, text);
    };
    const versions = { path: file.path, mine: textOf(file) ?? '', theirs };
    await this.#dialog.open(versions, use).catch(() => {
      const text = 'The page needs the network to compare them for the first time.';
      tell({ tone: 'warn', title: 'They cannot be compared just now.', text });
    });
  }
}
