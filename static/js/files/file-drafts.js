import { recall, remember } from '../ui/storage.js';

/**
 * What was typed and is not on the server yet. `version` is the one that it was typed over, `sent`
 * what was on its way to the server and may have come there.
 *
 * @typedef {{ version: number, text: string, sent: string[] }} FileDraft
 */

/** The unsaved texts of a workspace's files, kept in this browser until the server has them. */
export class FileDrafts {
  #prefix;

  /** @param {string} workspaceId */
  constructor(workspaceId) {
    this.#prefix = `file.${workspaceId}.`;
  }

  /**
   * @param {number} id
   * @param {FileDraft | null} draft null once the server has it
   * @returns {boolean} whether it was kept
   */
  keep(id, draft) {
    return remember('local', this.#prefix + id, draft && JSON.stringify(draft));
  }

  /**
   * @param {number} id
   * @returns {FileDraft | null}
   */
  of(id) {
    try {
      return JSON.parse(recall('local', this.#prefix + id) ?? 'null');
    } catch {
      return null;
    }
  }
}
