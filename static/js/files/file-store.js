import { isUnreachable } from '../ui/failed-requests.js';
import { ask, RefusedError } from '../ui/server.js';
import { FileDrafts } from './file-drafts.js';

/** @import { FilesAnswer, ServerFile } from '../types.js' */

/** Short enough to be saved within a second of the last key. */
const SAVE_AFTER_MS = 500;
const RETRY_AFTER_MS = 4000;
const SENT_KEPT = 3;
/** To whoever is logged out, or is somebody else: others' workspaces are not there. */
const LOCKED = new Set([401, 403, 404]);

/**
 * What keeps the files from being saved: no server (`offline`), one that failed (`failing`), one to
 * which the visitor may not write here (`locked`), another version (`conflict`), a limit (`refused`).
 *
 * @typedef {'saved' | 'saving' | 'offline' | 'failing' | 'locked' | 'conflict' | 'refused'} SaveState
 */

/**
 * @typedef {object} SaveDetails
 * @property {RefusedError | null} problem what the server said, where the state comes of that
 * @property {boolean} isKept whether what is not saved is in this browser at least
 */

/**
 * A file as this page has it. `base` is what the server has of it (null: not known yet), `text`
 * what was typed over that. `theirs` is there while it was changed elsewhere and nobody has chosen
 * yet; its content is null where it was deleted.
 *
 * @typedef {object} StoredFile
 * @property {number} id
 * @property {string} path
 * @property {number} version
 * @property {string | null} base
 * @property {string | null} text
 * @property {boolean} isText
 * @property {string[]} sent texts on their way to the server, whose answer may be lost
 * @property {{ version: number, content: string | null } | null} theirs
 */

/**
 * @typedef {object} FileStoreHooks
 * @property {(state: SaveState, details: SaveDetails) => void} onState
 * @property {(file: StoredFile) => void} onConflict it begins, or is over
 * @property {() => void} [onSaved] the server has what was typed, or other files than before
 * @property {(file: StoredFile) => void} onReplaced the server's text took the place of this page's
 * @property {(file: StoredFile) => void} onRemoved
 * @property {(file: StoredFile) => void} onMoved
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
  /** @type {Map<number, StoredFile>} */
  #files = new Map();
  /** @type {Map<number, Promise<void>>} */
  #saving = new Map();
  /** Files whose text this browser has no room for. @type {Set<number>} */
  #unkept = new Set();
  /** @type {RefusedError | null} */
  #problem = null;
  #isOffline = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {string} workspaceId
   * @param {ServerFile[]} files
   * @param {FileStoreHooks} hooks
   */
  constructor(workspaceId, files, hooks) {
    this.#url = `/w/${workspaceId}`;
    this.#hooks = hooks;
    this.#drafts = new FileDrafts(workspaceId);
    for (const file of files) this.#add(file);
    window.addEventListener('online', () => this.save());
    window.addEventListener('pagehide', () => this.save());
  }

  /** Tells of what an earlier page left unsaved; to be called once the hooks can be. */
  begin() {
    for (const file of this.#files.values()) if (file.theirs) this.#hooks.onConflict(file);
    this.#schedule();
    this.#tellState();
  }

  get all() {
    return [...this.#files.values()];
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
    file.text = text === file.base ? null : text;
    this.#keep(file);
    this.#schedule();
    this.#tellState();
  }

  /** Now, and not after the pause; what is under way already is waited for. */
  async save() {
    clearTimeout(this.#timer);
    await Promise.all(this.all.filter(isUnsaved).map((file) => this.#save(file)));
    this.#tellState();
  }

  /**
   * What the server has now.
   *
   * @returns {Promise<string>} the tree of files as HTML
   */
  async refresh() {
    const answer = await ask('GET', `${this.#url}/files`);
    this.#merge(answer.files);
    return answer.tree;
  }

  /**
   * A change of the list of files.
   *
   * @param {'files' | 'move' | 'remove' | 'undo' | 'upload'} what
   * @param {object | FormData} content
   * @returns {Promise<FilesAnswer>}
   * @throws {RefusedError | UnreachableError}
   */
  async change(what, content) {
    await this.save();
    const answer = /** @type {FilesAnswer} */ (await ask('POST', `${this.#url}/${what}`, content));
    if (answer.file) this.#add(answer.file);
    if (answer.files.some(({ id, version }) => this.#files.get(id)?.version !== version)) {
      await this.refresh();
    } else this.#merge(answer.files.map((file) => ({ ...file, content: null, encoding: 'utf-8' })));
    this.#hooks.onSaved?.();
    return answer;
  }

  /** @param {StoredFile} file whose text here stays, over what was written elsewhere */
  async keepMine(file) {
    const theirs = file.theirs;
    file.theirs = null;
    if (theirs?.content === null) await this.#createAgain(file);
    else if (theirs) {
      file.version = theirs.version;
      file.base = theirs.content;
      await this.#save(file);
    }
    this.#hooks.onConflict(file);
    this.#tellState();
  }

  /**
   * @param {StoredFile} file
   * @param {string} text which stands for both versions from here on
   */
  async useMerged(file, text) {
    const theirs = file.theirs;
    if (typeof theirs?.content !== 'string') return;
    file.theirs = null;
    file.version = theirs.version;
    file.base = theirs.content;
    file.text = text === theirs.content ? null : text;
    this.#keep(file);
    await this.#save(file);
    this.#hooks.onConflict(file);
    this.#tellState();
  }

  /** @param {StoredFile} file whose text gives way to what was written elsewhere */
  takeTheirs(file) {
    const theirs = file.theirs;
    if (!theirs) return;
    file.theirs = null;
    file.text = null;
    if (theirs.content === null) {
      this.#remove(file);
    } else {
      file.version = theirs.version;
      file.base = theirs.content;
      this.#keep(file);
      this.#hooks.onReplaced(file);
    }
    this.#hooks.onConflict(file);
    this.#tellState();
  }

  /** @param {ServerFile} known */
  #add(known) {
    /** @type {StoredFile} */
    const file = {
      id: known.id,
      path: known.path,
      version: known.version,
      base: known.content,
      text: null,
      isText: known.encoding === 'utf-8',
      sent: [],
      theirs: null,
    };
    this.#files.set(file.id, file);
    const draft = this.#drafts.of(file.id);
    if (!draft || !file.isText) return;
    file.text = draft.text;
    file.sent = draft.sent ?? [];
    if (file.base !== null) this.#meet(file, known.version, file.base, draft.version);
  }

  /**
   * The server has a version that may not be the one that was typed over.
   *
   * @param {StoredFile} file
   * @param {number} version
   * @param {string} content
   * @param {number} over
   */
  #meet(file, version, content, over) {
    const isMine = content === file.text || file.sent.includes(content) || version === over;
    if (file.text === null || isMine) {
      file.version = version;
      file.base = content;
      file.theirs = null;
      if (file.text === content) file.text = null;
      this.#keep(file);
    } else file.theirs = { version, content };
  }

  /** @param {ServerFile[]} files all that the server has */
  #merge(files) {
    for (const known of files) {
      const file = this.#files.get(known.id);
      if (!file) this.#add(known);
      else this.#update(file, known);
    }
    for (const file of this.all) {
      if (files.some(({ id }) => id === file.id)) continue;
      if (file.text === null) this.#remove(file);
      else {
        file.theirs = { version: 0, content: null };
        this.#hooks.onConflict(file);
      }
    }
    this.#schedule();
    this.#tellState();
  }

  /**
   * @param {StoredFile} file
   * @param {ServerFile} known
   */
  #update(file, known) {
    if (file.path !== known.path) {
      file.path = known.path;
      this.#hooks.onMoved(file);
    }
    if (known.content === null || (known.version === file.version && file.base !== null)) return;
    // A save of ours may be on its way, and this answer older or newer than its.
    if (this.#saving.has(file.id)) return;
    const hadBase = file.base !== null;
    const draft = this.#drafts.of(file.id);
    const before = file.text;
    file.isText = known.encoding === 'utf-8';
    this.#meet(file, known.version, known.content, draft?.version ?? file.version);
    if (file.theirs) this.#hooks.onConflict(file);
    else if (before === null && hadBase) this.#hooks.onReplaced(file);
  }

  /** @param {StoredFile} file */
  #remove(file) {
    this.#files.delete(file.id);
    this.#drafts.keep(file.id, null);
    this.#hooks.onRemoved(file);
  }

  /** @param {StoredFile} file */
  async #save(file) {
    if (file.text === null || file.theirs) return;
    const saving = this.#saving.get(file.id) ?? this.#send(file, file.text);
    this.#saving.set(file.id, saving);
    await saving;
  }

  /**
   * @param {StoredFile} file
   * @param {string} text
   */
  async #send(file, text) {
    const { id, version } = file;
    file.sent = [...new Set([...file.sent, text])].slice(-SENT_KEPT);
    this.#keep(file);
    this.#tellState();
    try {
      const answer = await ask('PUT', `${this.#url}/files/${id}`, { content: text, version });
      this.#isOffline = false;
      this.#problem = null;
      file.version = answer.version;
      file.base = text;
      file.sent = [];
      if (file.text === text) file.text = null;
      this.#keep(file);
      this.#hooks.onSaved?.();
    } catch (error) {
      this.#failed(file, error);
    } finally {
      this.#saving.delete(id);
    }
    if (isUnsaved(file)) this.#schedule(this.#retryAfter);
    this.#tellState();
  }

  get #retryAfter() {
    if (this.#problem?.retryAfter) return this.#problem.retryAfter * 1000;
    return this.#isOffline || this.#problem ? RETRY_AFTER_MS : SAVE_AFTER_MS;
  }

  /**
   * @param {StoredFile} file
   * @param {unknown} error
   */
  #failed(file, error) {
    this.#isOffline = isUnreachable(error);
    if (this.#isOffline) return;
    if (!(error instanceof RefusedError)) throw error;
    const current = error.status === 409 ? error.body?.file : null;
    if (current) this.#meet(file, current.version, current.content, -1);
    else if (error.body?.code === 'file_gone') file.theirs = { version: 0, content: null };
    else this.#problem = error;
    if (file.theirs) this.#hooks.onConflict(file);
  }

  /** @param {StoredFile} file that was deleted elsewhere */
  async #createAgain(file) {
    const content = file.text ?? file.base ?? '';
    try {
      const answer = await ask('POST', `${this.#url}/files`, { path: file.path, content });
      this.#remove(file);
      this.#merge([...this.all.map(asServerFile), answer.file]);
      this.#hooks.onMoved(/** @type {StoredFile} */ (this.#files.get(answer.file.id)));
    } catch (error) {
      file.theirs = { version: 0, content: null };
      this.#failed(file, error);
    }
  }

  /** @param {StoredFile} file */
  #keep(file) {
    const { id, text, version, sent } = file;
    const isKept = this.#drafts.keep(id, text === null ? null : { version, text, sent });
    if (isKept) this.#unkept.delete(id);
    else this.#unkept.add(id);
  }

  #schedule(after = SAVE_AFTER_MS) {
    clearTimeout(this.#timer);
    if (this.all.some(isUnsaved)) this.#timer = setTimeout(() => this.save(), after);
  }

  #tellState() {
    const isKept = this.#unkept.size === 0;
    this.#hooks.onState(this.#state, { problem: this.#problem, isKept });
  }

  /** @returns {SaveState} */
  get #state() {
    if (this.all.some((file) => file.theirs)) return 'conflict';
    if (this.isSaved) return 'saved';
    if (this.#isOffline) return 'offline';
    if (!this.#problem) return 'saving';
    if (this.#problem.status >= 500) return 'failing';
    return LOCKED.has(this.#problem.status) ? 'locked' : 'refused';
  }
}

/** @param {StoredFile} file */
function isUnsaved(file) {
  return file.text !== null && file.theirs === null;
}

/**
 * @param {StoredFile} file
 * @returns {ServerFile}
 */
function asServerFile({ id, path, version, isText }) {
  return { id, path, version, content: null, encoding: isText ? 'utf-8' : 'base64' };
}
