import { isUnreachable } from '../ui/failed-requests.js';
import { ask, RefusedError } from '../ui/server.js';
import { isUnsaved } from './stored-file.js';

/** @import { ServerFile } from '../types.js' */
/** @import { FileDrafts } from './file-drafts.js' */
/** @import { StoredFile } from './stored-file.js' */

/** Short enough to be saved within a second of the last key. */
const SAVE_AFTER_MS = 500;
const RETRY_AFTER_MS = 4000;
const SENT_KEPT = 3;
/** To whoever is logged out, or is somebody else: others' workspaces are not there. */
const LOCKED = new Set([401, 403, 404]);
/** The same text would be refused again. */
const FOR_GOOD = new Set([400, 413]);

/**
 * What keeps the files from being saved: no server (`offline`), one that failed (`failing`), one to
 * which the visitor may not write here (`locked`), another version (`conflict`), a limit (`refused`).
 *
 * @typedef {'saved' | 'saving' | 'offline' | 'failing' | 'locked' | 'conflict' | 'refused'} SaveState
 *
 * @typedef {object} SaveDetails
 * @property {RefusedError | null} problem what the server said, where the state comes of that
 * @property {boolean} isKept whether what is not saved is in this browser at least
 */

/**
 * @typedef {object} FileSaverParts
 * @property {string} url of the files
 * @property {FileDrafts} drafts
 * @property {() => StoredFile[]} files
 * @property {(state: SaveState, details: SaveDetails) => void} onState
 * @property {() => void} onSaved
 * @property {(file: StoredFile, current: ServerFile) => void} onNewer the server has another version
 * @property {(file: StoredFile) => Promise<void>} onGone the server has it no more
 */

/** Brings what was typed to the server, in pauses, again and again until it is there. */
export class FileSaver {
  #parts;
  /** @type {Map<number, Promise<void>>} */
  #saving = new Map();
  /** @type {RefusedError | null} */
  #problem = null;
  /** @type {Map<number, { text: string | null, problem: RefusedError }>} by file */
  #refusals = new Map();
  #isOffline = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {FileSaverParts} parts */
  constructor(parts) {
    this.#parts = parts;
    window.addEventListener('online', () => this.saveAll());
    window.addEventListener('pagehide', () => this.saveAll());
  }

  /** @param {StoredFile} file */
  isSaving({ id }) {
    return this.#saving.has(id);
  }

  /** What was refused for good waits until it is another text, or `saveAll` is asked for. */
  schedule(after = SAVE_AFTER_MS) {
    clearTimeout(this.#timer);
    if (this.#due.length > 0) {
      this.#timer = setTimeout(() => this.#saveEach(this.#due), after);
    }
  }

  /** Now, and not after the pause; what is under way already is waited for. */
  async saveAll() {
    await this.#saveEach(this.#parts.files().filter(isUnsaved));
  }

  /** There may be room by now for what was too large. */
  retryRefused() {
    this.#refusals.clear();
    this.schedule();
  }

  /**
   * What was typed since a save under way began is sent after it, but where the server said no.
   *
   * @param {StoredFile} file
   */
  async save(file) {
    const before = this.#saving.get(file.id);
    if (before) {
      await before;
      if (this.#problem || this.#refusal(file)) return;
    }
    if (file.text === null || file.theirs) return;
    const saving = this.#saving.get(file.id) ?? this.#send(file, file.text);
    this.#saving.set(file.id, saving);
    await saving;
  }

  tellState() {
    const { drafts, onState } = this.#parts;
    onState(this.#state, { problem: this.#shownProblem, isKept: drafts.areKept });
  }

  get #due() {
    return this.#parts.files().filter((file) => isUnsaved(file) && !this.#refusal(file));
  }

  /** @param {StoredFile} file */
  #refusal({ id, text }) {
    const refusal = this.#refusals.get(id);
    return refusal && refusal.text === text ? refusal.problem : null;
  }

  get #shownProblem() {
    if (this.#problem) return this.#problem;
    const files = this.#parts.files().filter(isUnsaved);
    return files.map((file) => this.#refusal(file)).find(Boolean) ?? null;
  }

  /** @param {StoredFile[]} files */
  async #saveEach(files) {
    clearTimeout(this.#timer);
    await Promise.all(files.map((file) => this.save(file)));
    this.tellState();
  }

  /** @returns {SaveState} */
  get #state() {
    const files = this.#parts.files();
    if (files.some((file) => file.theirs)) return 'conflict';
    if (files.every((file) => file.text === null)) return 'saved';
    if (this.#isOffline) return 'offline';
    const problem = this.#shownProblem;
    if (!problem) return 'saving';
    if (problem.status >= 500) return 'failing';
    return LOCKED.has(problem.status) ? 'locked' : 'refused';
  }

  /**
   * @param {StoredFile} file
   * @param {string} text
   */
  async #send(file, text) {
    const { id, version } = file;
    file.sent = [...new Set([...file.sent, text])].slice(-SENT_KEPT);
    this.#parts.drafts.keep(file);
    this.tellState();
    try {
      const url = `${this.#parts.url}/${id}`;
      const answer = await ask('PUT', url, { content: text, version });
      this.#isOffline = false;
      this.#problem = null;
      if (file.id === id) this.#saved(file, text, answer.version);
    } catch (error) {
      if (file.id === id) await this.#failed(file, text, error);
    } finally {
      this.#saving.delete(id);
    }
    if (isUnsaved(file)) this.schedule(this.#retryAfter);
    this.tellState();
  }

  get #retryAfter() {
    if (this.#problem?.retryAfter) return this.#problem.retryAfter * 1000;
    return this.#isOffline || this.#problem ? RETRY_AFTER_MS : SAVE_AFTER_MS;
  }

  /**
   * @param {StoredFile} file
   * @param {string} text
   * @param {number} version
   */
  #saved(file, text, version) {
    file.version = version;
    file.base = text;
    file.sent = [];
    if (file.text === text) file.text = null;
    this.#parts.drafts.keep(file);
    this.#parts.onSaved();
  }

  /**
   * @param {StoredFile} file
   * @param {string} text
   * @param {unknown} error
   */
  async #failed(file, text, error) {
    this.#isOffline = isUnreachable(error);
    if (this.#isOffline) return;
    if (!(error instanceof RefusedError)) throw error;
    const current = error.status === 409 ? error.body?.file : null;
    if (current) this.#parts.onNewer(file, current);
    else if (error.body?.code === 'file_gone') await this.#parts.onGone(file);
    else if (FOR_GOOD.has(error.status)) {
      this.#problem = null;
      this.#refusals.set(file.id, { text, problem: error });
    } else this.#problem = error;
  }
}
