import { indentOf } from '../editor/modes.js';
import { find } from '../ui/dom.js';
import { recall, remember } from '../ui/storage.js';
import { FileTabs } from './file-tabs.js';
import { isPicture, PictureView } from './picture-view.js';
import { currentText } from './stored-file.js';

/** @import { Editor } from '../editor/editor.js' */
/** @import { SettingsStore } from '../editor/settings.js' */
/** @import { StatusBar } from '../ui/status-bar.js' */
/** @import { FileStore } from './file-store.js' */
/** @import { StoredFile } from './stored-file.js' */

/**
 * @typedef {object} OpenFilesParts
 * @property {FileStore} store
 * @property {Editor} editor
 * @property {SettingsStore} settings
 * @property {StatusBar} status
 * @property {string} keptAs under which word this browser keeps what was open
 * @property {string} entry the path of the file that Run starts with
 * @property {(file: StoredFile) => void} onFront it is to be in front; its text may be on the way
 * @property {(file: StoredFile) => void} onShown it, or why it cannot be shown, is on the screen
 * @property {() => void} onUnread its text could not be read
 */

/** The files that have tabs, and the one in front, which the editor shows. */
export class OpenFiles {
  #parts;
  #tabs = new FileTabs({
    onChoose: (id) => this.open(id),
    onClose: (id) => this.close(id),
  });
  #picture = new PictureView();
  /** Between the text of a picture and what it looks like. */
  #look = find('look');
  #again = find('read-again');
  /** @type {StoredFile | undefined} */
  #front;
  /**
   * Whose text the editor has: another one's while that of the one in front is on its way.
   *
   * @type {StoredFile | undefined}
   */
  #written;

  /** @param {OpenFilesParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#look.addEventListener('click', () => this.#lookAtText());
    this.#again.addEventListener('click', () => {
      this.#again.focus(); // not every browser does so
      this.readAgain();
    });
  }

  /** @returns {StoredFile | undefined} */
  get front() {
    return this.#front;
  }

  /** The one in front, where the editor shows it. */
  get shown() {
    return find('editor').hidden ? undefined : this.#written;
  }

  /** Those that were open, else the one that Run starts with. */
  async openAsBefore() {
    const { store, keptAs, entry } = this.#parts;
    /** @type {string[]} */
    const paths = JSON.parse(recall('local', keptAs) ?? '[]');
    const before = paths.map((path) => store.at(path)).filter((file) => file !== undefined);
    for (const file of before.slice(1)) this.#tabs.show(file);
    const front = before[0] ?? store.at(entry) ?? store.all[0];
    if (front) await this.open(front.id);
  }

  /** @param {number} id */
  async open(id) {
    const { onFront, onShown } = this.#parts;
    const file = this.#parts.store.get(id);
    if (!file) return;
    this.#front = file;
    this.#tabs.show(file);
    onFront(file);
    this.#remember();
    const isAgain = document.activeElement === this.#again;
    if (isUnread(file)) await this.#read(file);
    if (this.#front !== file) return;
    this.#show(file);
    onShown(file);
    if (isAgain) this.#keepFocus();
  }

  /** Tries again where the text of the one in front could not be read. */
  async readAgain() {
    if (this.#front && isUnread(this.#front)) await this.open(this.#front.id);
  }

  /** Without the button, which goes, the focus would be nowhere. */
  #keepFocus() {
    const focused = document.activeElement;
    if (focused !== document.body && focused !== this.#again) return;
    if (find('unread').hidden) this.#parts.editor.focus();
    else this.#again.focus();
  }

  /**
   * Meanwhile the editor is hidden: who types into what it has would mean the new one.
   *
   * @param {StoredFile} file
   */
  async #read(file) {
    this.#sayUnread('Loading…');
    this.#show(file);
    try {
      await this.#parts.store.complete();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (this.#front !== file) return;
      this.#sayUnread('This file could not be loaded', error.message);
      this.#parts.onUnread();
    }
  }

  /**
   * @param {string} title
   * @param {string} [why] where it may be tried again
   */
  #sayUnread(title, why = '') {
    find('unread-title').textContent = title;
    find('unread-why').textContent = why;
    this.#again.hidden = !why;
  }

  /** @param {StoredFile} file */
  #show(file) {
    const { store, editor } = this.#parts;
    const text = file.isText ? currentText(file) : null;
    const isLookedAt = !file.isText && isPicture(file.path);
    find('no-text').hidden = file.isText || isLookedAt;
    find('unread').hidden = !isUnread(file);
    find('editor').hidden = text === null;
    this.#look.hidden = text === null || !isPicture(file.path);
    this.#look.setAttribute('aria-pressed', 'false');
    if (isLookedAt) this.#picture.show(file.path, store.pictureUrl(file));
    else this.#picture.hide();
    if (text === null) return;
    this.#written = file;
    this.showIndent();
    editor.open(String(file.id), file.path, text);
  }

  /** A picture that is a text, as it looks; and back. */
  async #lookAtText() {
    const file = this.#front;
    if (!file) return;
    if (find('editor').hidden) return this.#show(file);
    await this.#parts.store.save();
    if (this.#front !== file) return;
    find('editor').hidden = true;
    this.#look.setAttribute('aria-pressed', 'true');
    this.#picture.show(file.path, this.#parts.store.pictureUrl(file));
  }

  /** @param {number} id */
  close(id) {
    const { store, entry } = this.#parts;
    const beside = this.#tabs.close(id);
    this.#forget(id);
    if (this.#front?.id !== id) return this.#remember();
    this.#front = undefined;
    const next = beside ?? store.at(entry)?.id;
    if (next !== undefined) this.open(next);
  }

  /** @param {number} id of a file whose text the editor is not to have any more */
  #forget(id) {
    this.#parts.editor.documents.close(String(id));
    if (this.#written?.id === id) this.#written = undefined;
  }

  /** @param {StoredFile} file that has another path than before */
  rename(file) {
    this.#tabs.rename(file);
    this.#parts.editor.documents.rename(String(file.id), file.path);
  }

  /**
   * @param {StoredFile} file that has another id than before
   * @param {number} before
   */
  renumber(file, before) {
    this.#tabs.renumber(before, file.id);
    this.#parts.editor.documents.rekey(String(before), String(file.id));
  }

  /** @param {StoredFile} file that has another text than before */
  replace(file) {
    const { documents } = this.#parts.editor;
    if (file.isText) documents.setText(String(file.id), currentText(file) ?? '');
    else this.#forget(file.id);
    const isOther = !file.isText || find('editor').hidden;
    if (file === this.#front && isOther) this.open(file.id);
  }

  /** @param {string} text that the editor has now */
  type(text) {
    if (this.#written) this.#parts.store.type(this.#written.id, text);
  }

  /**
   * Changes a text as one step of Undo, be it open or not.
   *
   * @param {StoredFile} file
   * @param {{ from: number, to: number, insert: string }[]} changes in their order
   */
  edit(file, changes) {
    const { store, editor } = this.#parts;
    const before = currentText(file) ?? '';
    store.type(file.id, editor.documents.edit(String(file.id), file.path, before, changes));
  }

  showIndent() {
    this.#parts.status.indent(this.indent);
  }

  /** How many spaces a step is, in the editor's text. */
  get indent() {
    return this.#parts.settings.value.indent || indentOf(this.#written?.path ?? '');
  }

  /** The one in front comes first. */
  #remember() {
    const { store, keptAs } = this.#parts;
    const front = this.#front?.id;
    const order = [front, ...this.#tabs.open.filter((id) => id !== front)];
    const paths = order.map((id) => id !== undefined && store.get(id)?.path).filter(Boolean);
    remember('local', keptAs, JSON.stringify(paths));
  }
}

/** @param {StoredFile} file */
function isUnread(file) {
  return file.isText && currentText(file) === null;
}
