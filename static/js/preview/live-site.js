import { ask } from '../ui/server.js';

/** The server forgets the address a few minutes after it was last asked for. */
const RENEW_AFTER_MS = 2 * 60_000;
const LOOK_EVERY_MS = 30_000;

/**
 * @typedef {object} LiveSiteParts
 * @property {string} workspaceId
 * @property {string} folder the address below which the files are
 * @property {(path: string) => boolean} hasFile
 */

/** The pages of a workspace at an address that lasts as long as this page is open. */
export class LiveSite {
  #parts;
  #folder;
  #renewedAt = Date.now();

  /**
   * @param {LiveSiteParts} parts
   * @param {() => void} onMoved the address is another one
   */
  constructor(parts, onMoved) {
    this.#parts = parts;
    this.#folder = parts.folder;
    const look = async () => {
      if (await this.renew()) onMoved();
    };
    setInterval(look, LOOK_EVERY_MS);
    document.addEventListener('visibilitychange', look);
  }

  /** @returns {Promise<boolean>} whether it is another address by now */
  async renew() {
    if (Date.now() - this.#renewedAt < RENEW_AFTER_MS) return false;
    const before = this.#folder;
    try {
      const { address } = await ask('POST', `/w/${this.#parts.workspaceId}/preview`);
      this.#folder = address;
      this.#renewedAt = Date.now();
    } catch {
      return false; // The state of saving tells of an unreachable server.
    }
    return this.#folder !== before;
  }

  /** @param {string} page as the preview or its own links have it; never one outside */
  addressOf(page) {
    const folder = new URL(this.#folder, location.href).href;
    const address = URL.canParse(page, folder) ? new URL(page, folder).href : folder;
    return address.startsWith(folder) ? address : folder;
  }

  /**
   * The file that the server gives at an address, where there is none.
   *
   * @param {string} encoded
   * @returns {string | null}
   */
  missing(encoded) {
    const path = decoded(encoded);
    if (path === '') return null;
    const file = path.endsWith('/') ? `${path}index.html` : path;
    return this.#parts.hasFile(file) ? null : file;
  }
}

/** @param {string} path */
function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
