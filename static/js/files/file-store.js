import { ask } from '../ui/server.js';
import { newTab } from '../ui/tabs.js';
import { FileDrafts } from './file-drafts.js';
import { FileList } from './file-list.js';
import { FileSaver } from './file-saver.js';
import { accept, freePath, GONE, isSettled, versionOf } from './stored-file.js';

/** @import { FilesAnswer, ServerFile } from '../types.js' */
/** @import { FileListHooks } from './file-list.js' */
/** @import { SaveDetails, SaveState } from './file-saver.js' */
/** @import { StoredFile, Version } from './stored-file.js' */

/**
 * @typedef {object} SaveHooks
 * @property {(state: SaveState, details: SaveDetails) => void} onState
 * @property {() => void} [onRead] the server's files came
 * @property {() => void} [onSaved] the server has what was typed, or other files than before
 *
 * @typedef {SaveHooks & FileListHooks} FileStoreHooks
 */

/**
 * The files of a workspace: what the server has, what was typed since, and how it gets there. What
 * is typed is in this browser at once and on the server within a second; two that write the same
 * file are told, and neither text is lost.
 */
export class FileStore {
  #url;
  #hooks;
  #drafts;
  #files;
  #saver;
  /** How often the list has changed; an answer that was asked for before that is out of date. */
  #changes = 0;

  /**
   * @param {string} workspaceId
   * @param {ServerFile[]} files
   * @param {FileStoreHooks} hooks
   * @param {import('../ui/tabs.js').Tab} [tab]
   */
  constructor(workspaceId, files, hooks, tab = newTab()) {
    this.#url = `/w/${workspaceId}`;
    this.#hooks = hooks;
    this.#drafts = new FileDrafts(workspaceId, tab);
    this.#files = new FileList(files, this.#drafts, hooks);
    this.#saver = new FileSaver({
      url: `${this.#url}/files`,
      drafts: this.#drafts,
      files: () => this.all,
      onState: hooks.onState,
      onSaved: () => {
        this.#offerWaiting();
        hooks.onSaved?.();
      },
      onNewer: (file, current) => this.#files.meet(file, versionOf(current), -1),
      onGone: (file) => this.#lookFor(file),
    });
  }

  /** Tells of what an earlier page left unsaved; to be called once the hooks can be. */
  begin() {
    for (const file of this.all) if (file.theirs) this.#hooks.onConflict(file);
    this.#offerWaiting();
    this.#saver.schedule();
    this.#saver.tellState();
  }

  get all() {
    return this.#files.all;
  }

  get isSaved() {
    return this.all.every((file) => file.text === null);
  }

  /** @param {number} id */
  get(id) {
    return this.#files.get(id);
  }

  /** @param {string} path */
  at(path) {
    return this.all.find((file) => file.path === path);
  }

  /** Where its picture is, as it was saved last. @param {StoredFile} file */
  pictureUrl({ id, version }) {
    return `${this.#url}/files/${id}/picture?version=${version}`;
  }

  /**
   * Every file with its content as it is on the screen, read from the server where the page came
   * without it.
   *
   * @throws {RefusedError | UnreachableError}
   */
  async complete() {
    if (this.all.some((file) => file.base === null && file.text === null)) await this.refresh();
    return this.all;
  }

  /**
   * Somebody typed.
   *
   * @param {number} id
   * @param {string} text
   */
  type(id, text) {
    const file = this.#files.get(id);
    if (!file) return;
    // What was sent may be in the place of `base` on the server by now.
    const isThere = text === file.base && !file.theirs && file.sent.length === 0;
    file.text = isThere ? null : text;
    this.#drafts.keep(file);
    this.#saver.schedule();
    this.#saver.tellState();
  }

  /** Now, and not after the pause. */
  async save() {
    await this.#saver.saveAll();
  }

  /**
   * What the server has now.
   *
   * @returns {Promise<string>} the tree of files as HTML
   */
  async refresh() {
    for (;;) {
      const before = this.#changes;
      const answer = await ask('GET', `${this.#url}/files`);
      if (before !== this.#changes) continue;
      this.#merge(answer.files);
      this.#hooks.onRead?.();
      return answer.tree;
    }
  }

  /**
   * A change of the list of files.
   *
   * @param {'files' | 'move' | 'copy' | 'remove' | 'undo' | 'upload'} what
   * @param {object | FormData} content
   * @returns {Promise<FilesAnswer>}
   * @throws {RefusedError | UnreachableError}
   */
  async change(what, content) {
    await this.save();
    const answer = /** @type {FilesAnswer} */ (await ask('POST', `${this.#url}/${what}`, content));
    this.#changes += 1;
    this.#saver.retryRefused();
    if (answer.file) this.#files.add(answer.file);
    if (answer.files.some(({ id, version }) => this.#files.get(id)?.version !== version)) {
      await this.refresh();
    } else this.#merge(answer.files.map((file) => ({ ...file, content: null, encoding: 'utf-8' })));
    this.#hooks.onSaved?.();
    return answer;
  }

  /**
   * The text here stays, over what was written elsewhere.
   *
   * @param {StoredFile} file
   * @returns {Promise<string>} its path, another one where there is another file by now
   * @throws {RefusedError | UnreachableError} where it was deleted, and cannot be made again
   */
  async keepMine(file) {
    const { theirs } = file;
    if (theirs?.content === null) return this.keepBoth(file);
    if (theirs) await this.#writeOver(file, theirs, file.text);
    return file.path;
  }

  /**
   * The text here becomes a file of its own, beside what is there now.
   *
   * @param {StoredFile} file
   * @returns {Promise<string>} its path
   * @throws {RefusedError | UnreachableError}
   */
  async keepBoth(file) {
    const path = freePath(file.path, (taken) => this.#isTaken(taken));
    const answer = await ask('POST', `${this.#url}/files`, { path, content: file.text ?? '' });
    this.#changes += 1;
    this.#files.add(answer.file);
    this.takeTheirs(file);
    this.#hooks.onSaved?.();
    return path;
  }

  /**
   * @param {StoredFile} file
   * @param {string} text which stands for both versions from here on
   * @param {Version} seen of theirs; where they have written again, that is yet to be chosen
   */
  async useMerged(file, text, seen) {
    this.type(file.id, text);
    if (file.theirs?.content === seen.content) await this.#writeOver(file, file.theirs, text);
  }

  /** @param {StoredFile} file whose text gives way to what was written elsewhere */
  takeTheirs(file) {
    const { theirs } = file;
    if (!theirs) return;
    file.text = null;
    if (theirs.content === null) {
      file.theirs = null;
      this.#files.remove(file);
    } else {
      accept(file, theirs);
      this.#drafts.keep(file);
      this.#hooks.onReplaced(file);
    }
    this.#hooks.onConflict(file);
    this.#offerWaiting();
    this.#saver.tellState();
  }

  /**
   * @param {StoredFile} file
   * @param {Version} theirs
   * @param {string | null} text
   */
  async #writeOver(file, theirs, text) {
    accept(file, { ...theirs, isText: true });
    file.text = theirs.isText && text === theirs.content ? null : text;
    this.#drafts.keep(file);
    await this.#saver.save(file);
    this.#hooks.onConflict(file);
    this.#saver.tellState();
  }

  /** What several tabs have left of one file comes up one after the other. */
  #offerWaiting() {
    const isFree = (/** @type {number} */ id) => isSettled(this.#files.get(id));
    for (let next = this.#drafts.takeWaiting(isFree); next; ) {
      this.#files.offer(...next);
      next = this.#drafts.takeWaiting(isFree);
    }
  }

  /** @param {string} path */
  #isTaken(path) {
    return this.all.some((file) => file.path === path && file.theirs?.content !== null);
  }

  /** @param {StoredFile} file that the server has no more; another may have come in its place */
  async #lookFor(file) {
    file.theirs = GONE;
    await this.refresh().catch(() => {});
    if (file.theirs) this.#hooks.onConflict(file);
  }

  /** @param {ServerFile[]} files all that the server has */
  #merge(files) {
    this.#changes += 1;
    this.#files.merge(files, (file) => this.#saver.isSaving(file));
    this.#offerWaiting();
    this.#saver.schedule();
    this.#saver.tellState();
  }
}
