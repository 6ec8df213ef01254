import { recall, remember, remembered } from '../ui/storage.js';

/** @import { Tab } from '../ui/tabs.js' */
/** @import { ServerFile } from '../types.js' */
/** @import { StoredFile } from './stored-file.js' */

const KEPT_FOR_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * What was typed and is not on the server yet. `version` is the one that it was typed over, 0 where
 * that is not there any more; `sent` what was on its way to the server and may have come there.
 *
 * @typedef {{ version: number, text: string, sent: string[], path?: string, at?: number }} FileDraft
 * @typedef {{ key: string, id: number, tab: string | undefined, draft: FileDraft }} Kept
 */

/**
 * The unsaved texts of a workspace's files, kept in this browser until the server has them. Each tab
 * keeps its own, so that none writes over another's; a new one inherits those of tabs that are gone.
 */
export class FileDrafts {
  #prefix;
  #tab;
  /** @type {Set<number>} */
  #unkept = new Set();
  /** Those of tabs that were gone when this one came, and for which there was no place yet. @type {Kept[]} */
  #waiting = [];

  /**
   * @param {string} workspaceId
   * @param {Tab} tab
   */
  constructor(workspaceId, tab) {
    this.#prefix = `file.${workspaceId}.`;
    this.#tab = tab;
    this.#inherit();
  }

  /** Whether this browser keeps all that is unsaved. It may have no room, or not be allowed to. */
  get areKept() {
    return this.#unkept.size === 0;
  }

  /** @returns {[id: number, draft: FileDraft][]} */
  get all() {
    const mine = keptUnder(this.#prefix).filter(({ tab }) => tab === this.#tab.id);
    return mine.map(({ id, draft }) => [id, draft]);
  }

  /** @param {number} id */
  of(id) {
    return draftAt(this.#key(id));
  }

  /** @param {StoredFile} file whose text is unsaved, or is null where it need not be kept any more */
  keep({ id, path, version, text, sent }) {
    if (text === null) return this.forget(id);
    const draft = { version, text, sent, path, at: Date.now() };
    const isKept = this.#write(id, draft) || this.#write(id, { ...draft, sent: [] });
    if (isKept) this.#unkept.delete(id);
    else this.#unkept.add(id);
  }

  /** @param {number} id */
  forget(id) {
    remember('local', this.#key(id), null);
    this.#unkept.delete(id);
  }

  /**
   * A file that came in place of another has another id: what was typed into that one is its.
   *
   * @param {ServerFile[]} files
   */
  follow(files) {
    for (const [id, draft] of this.all) {
      if (files.some((file) => file.id === id)) continue;
      const next = files.find(({ path }) => path === draft.path);
      if (next && !this.of(next.id)) this.#move(this.#key(id), next.id, { ...draft, version: 0 });
    }
  }

  /**
   * The next text that waits, for a file that is free to take it.
   *
   * @param {(id: number) => boolean} isFree
   * @returns {[id: number, draft: FileDraft] | undefined}
   */
  takeWaiting(isFree) {
    const isThere = (/** @type {Kept} */ { key }) => recall('local', key) !== null; // no other took it
    const next = this.#waiting.filter(isThere).find(({ id }) => isFree(id));
    if (!next) return undefined;
    this.#waiting = this.#waiting.filter((one) => one !== next);
    this.#move(next.key, next.id, next.draft);
    return [next.id, next.draft];
  }

  /** The latest of each file. One that has no place yet waits for it, here or on the next page. */
  #inherit() {
    const left = keptUnder('file.').filter(({ tab }) => tab === undefined || this.#isLeft(tab));
    left.sort((a, b) => (b.draft.at ?? 0) - (a.draft.at ?? 0));
    for (const kept of left) {
      const { key, id, draft } = kept;
      const isOld = Date.now() - (draft.at ?? Date.now()) > KEPT_FOR_MS;
      if (isOld) remember('local', key, null);
      else if (!key.startsWith(this.#prefix)) continue;
      else if (this.of(id)) this.#waiting.push(kept);
      else this.#move(key, id, draft);
    }
  }

  /** @param {string} tab */
  #isLeft(tab) {
    return tab !== this.#tab.id && this.#tab.isGone(tab);
  }

  /**
   * There may be no room for both, so the old one goes first.
   *
   * @param {string} key
   * @param {number} id
   * @param {FileDraft} draft
   */
  #move(key, id, draft) {
    const before = recall('local', key);
    remember('local', key, null);
    if (!this.#write(id, draft)) remember('local', key, before);
  }

  /**
   * @param {number} id
   * @param {FileDraft} draft
   */
  #write(id, draft) {
    return remember('local', this.#key(id), JSON.stringify(draft));
  }

  /** @param {number} id */
  #key(id) {
    return `${this.#prefix}${id}.${this.#tab.id}`;
  }
}

/**
 * @param {string} prefix
 * @returns {Kept[]}
 */
function keptUnder(prefix) {
  return remembered('local', prefix).flatMap((key) => {
    const [, , id, tab] = key.split('.');
    const draft = draftAt(key);
    return draft ? [{ key, id: Number(id), tab, draft }] : [];
  });
}

/**
 * @param {string} key
 * @returns {FileDraft | null}
 */
function draftAt(key) {
  try {
    return JSON.parse(recall('local', key) ?? 'null');
  } catch {
    return null;
  }
}
