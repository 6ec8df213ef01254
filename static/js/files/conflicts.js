import { copied } from '../ui/clipboard.js';
import { find } from '../ui/dom.js';
import { Notice } from '../ui/notice.js';
import { MergeDialog } from './merge-dialog.js';
import { currentText } from './stored-file.js';
import { conflictNotice } from './workspace-words.js';

/** @import { NoticeText } from '../types.js' */
/** @import { FileStore } from './file-store.js' */
/** @import { StoredFile } from './stored-file.js' */

/**
 * @typedef {object} ConflictParts
 * @property {FileStore} store
 * @property {string} nonce for the style sheets of the merge view
 * @property {(file: StoredFile, text: string) => void} onMerged
 * @property {(path: string) => void} onKept as another file than it was
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

  /**
   * @param {StoredFile | undefined} file the one in front
   * @param {string} [said] of what was chosen
   */
  show(file, said) {
    if (!file?.theirs) return this.#notice.clear();
    const { store } = this.#parts;
    const notice = conflictNotice(file, {
      mine: () => this.#keep(file, () => store.keepMine(file)),
      both: () => this.#keep(file, () => store.keepBoth(file)),
      theirs: () => store.takeTheirs(file),
      merge: () => this.#merge(file),
      copy: async () => this.show(file, copyWords(await copied(currentText(file) ?? ''))),
    });
    this.#notice.show(said ? { ...notice, text: said } : notice);
  }

  /**
   * @param {StoredFile} file
   * @param {() => Promise<string>} keep
   */
  async #keep(file, keep) {
    try {
      const path = await keep();
      if (path !== file.path || this.#parts.store.get(file.id) !== file) this.#parts.onKept(path);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.show(file, error.message);
    }
  }

  /** @param {StoredFile} file */
  async #merge(file) {
    const { store, onMerged, tell } = this.#parts;
    const { theirs } = file;
    if (typeof theirs?.content !== 'string') return;
    const use = (/** @type {string} */ text) => {
      onMerged(file, text);
      store.useMerged(file, text, theirs);
    };
    const versions = { path: file.path, mine: currentText(file) ?? '', theirs: theirs.content };
    await this.#dialog.open(versions, use).catch(() => {
      const text = 'The page needs the network to compare them for the first time.';
      tell({ tone: 'warn', title: 'They cannot be compared just now.', text });
    });
  }
}

/** @param {boolean} isCopied */
function copyWords(isCopied) {
  return isCopied ? 'Your text is copied.' : 'Select your text and press Ctrl C to copy it.';
}
