import { freePath, GONE, meet, storedFile, versionOf } from './stored-file.js';

/** @import { ServerFile } from '../types.js' */
/** @import { FileDraft, FileDrafts } from './file-drafts.js' */
/** @import { StoredFile, Version } from './stored-file.js' */

/**
 * @typedef {object} FileListHooks
 * @property {(file: StoredFile) => void} onConflict it begins, or is over
 * @property {(file: StoredFile) => void} onReplaced another text took the place of this page's
 * @property {(file: StoredFile) => void} onRemoved
 * @property {(file: StoredFile) => void} onMoved
 * @property {(file: StoredFile, before: number) => void} [onRenumbered] it has another id
 */

/**
 * The files as the server lists them, each with what was typed over it. What it lists no more goes,
 * unless something was typed into it: that waits until somebody chooses.
 */
export class FileList {
  #drafts;
  #hooks;
  /** @type {Map<number, StoredFile>} */
  #files = new Map();

  /**
   * @param {ServerFile[]} files
   * @param {FileDrafts} drafts
   * @param {FileListHooks} hooks which are not called yet
   */
  constructor(files, drafts, hooks) {
    this.#drafts = drafts;
    this.#hooks = hooks;
    drafts.follow(files);
    for (const file of files) this.add(file);
    for (const [id, draft] of drafts.all) if (!this.#files.has(id)) this.#addGone(id, draft);
  }

  get all() {
    return [...this.#files.values()];
  }

  /** @param {number} id */
  get(id) {
    return this.#files.get(id);
  }

  /** @param {ServerFile} known */
  add(known) {
    const file = storedFile(known);
    this.#files.set(file.id, file);
    const draft = this.#drafts.of(file.id);
    if (!draft) return;
    const { version, text, sent = [] } = draft;
    Object.assign(file, { version, text, sent, isText: true });
    if (known.content === null) return;
    meet(file, versionOf(known), version);
    this.#drafts.keep(file);
  }

  /**
   * @param {StoredFile} file
   * @param {Version} there
   * @param {number} over the version that the text here was typed over
   */
  meet(file, there, over) {
    const before = file.theirs;
    meet(file, there, over);
    if (!file.theirs) this.#drafts.keep(file);
    if (file.theirs?.version !== before?.version) this.#hooks.onConflict(file);
  }

  /**
   * Another text that was left unsaved over a file where nothing else is.
   *
   * @param {number} id
   * @param {FileDraft} draft
   */
  offer(id, draft) {
    const file = this.#files.get(id);
    if (!file) return this.#hooks.onConflict(this.#addGone(id, draft));
    const { text, sent = [] } = draft;
    const there = { version: file.version, content: file.base, isText: file.isText };
    Object.assign(file, { text, sent, isText: true });
    this.#hooks.onReplaced(file);
    this.meet(file, there, draft.version);
  }

  /**
   * @param {ServerFile[]} files all that the server has
   * @param {(file: StoredFile) => boolean} isSaving
   */
  merge(files, isSaving) {
    this.#follow(files);
    for (const known of files) {
      const file = this.#files.get(known.id);
      if (!file) this.add(known);
      else this.#update(file, known, isSaving(file));
    }
    for (const file of this.all) {
      if (files.some(({ id }) => id === file.id)) continue;
      if (file.text === null) this.remove(file);
      else if (file.theirs !== GONE) {
        file.theirs = GONE;
        this.#hooks.onConflict(file);
      }
    }
  }

  /** @param {StoredFile} file */
  remove(file) {
    this.#files.delete(file.id);
    this.#drafts.forget(file.id);
    this.#hooks.onRemoved(file);
  }

  /**
   * The text of a file that is not there any more.
   *
   * @param {number} id
   * @param {FileDraft} draft
   */
  #addGone(id, { path = 'unsaved.txt', version, text, sent = [] }) {
    const isTaken = (/** @type {string} */ one) => this.all.some((file) => file.path === one);
    const file = storedFile({ id, path: freePath(path, isTaken) });
    this.#files.set(id, Object.assign(file, { version, text, sent, theirs: GONE }));
    return file;
  }

  /**
   * A file at the place of one that is gone is that file with another id: its tab and its undo go
   * on, and what was typed into it meets the new text.
   *
   * @param {ServerFile[]} files
   */
  #follow(files) {
    const ids = new Set(files.map(({ id }) => id));
    for (const file of this.all) {
      if (ids.has(file.id)) continue;
      const next = files.find(({ id, path }) => path === file.path && !this.#files.has(id));
      if (next) this.#renumber(file, next.id);
    }
  }

  /**
   * @param {StoredFile} file
   * @param {number} id
   */
  #renumber(file, id) {
    const before = file.id;
    this.#files.delete(before);
    this.#drafts.forget(before);
    Object.assign(file, { id, version: 0, sent: [] });
    this.#files.set(id, file);
    this.#drafts.keep(file);
    this.#hooks.onRenumbered?.(file, before);
  }

  /**
   * @param {StoredFile} file
   * @param {ServerFile} known
   * @param {boolean} isSaving
   */
  #update(file, known, isSaving) {
    if (file.path !== known.path) {
      file.path = known.path;
      this.#drafts.keep(file);
      this.#hooks.onMoved(file);
    }
    const isBack = file.theirs === GONE;
    const isSame = known.version === file.version;
    if (isBack && isSame) {
      const { version, content } = known;
      return this.meet(file, { version, content: content ?? file.base, isText: true }, version);
    }
    if (known.content === null || (isSame && file.base !== null)) return;
    if (known.version < file.version) return; // it was asked for before a save of ours
    // A save of ours may be on its way, and this answer older or newer than its.
    if (isSaving && !isBack) return;
    const isReplaced = !isSame && file.text === null;
    this.meet(file, versionOf(known), file.version);
    if (isReplaced) this.#hooks.onReplaced(file);
  }
}
