/** @import { Images, Language } from '../types.js' */

const POLL_MS = 3000;

/**
 * Follows the images that the server fetches, for as long as one is fetched and somebody needs to
 * know.
 */
export class ImageWatch {
  #isNeeded;
  #onNews;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #asking = false;
  /** @type {Images | null} */
  #images = null;

  /**
   * @param {() => boolean} isNeeded
   * @param {(languages: Language[], images: Images | null) => void} onNews
   */
  constructor(isNeeded, onNews) {
    this.#isNeeded = isNeeded;
    this.#onNews = onNews;
  }

  /** Ask now, and again and again while there is something to follow. */
  async look() {
    clearTimeout(this.#timer);
    if (this.#asking || !this.#isNeeded()) return;
    this.#asking = true;
    await this.#ask();
    this.#asking = false;
    if (this.#images?.fetching) this.#timer = setTimeout(() => this.look(), POLL_MS);
  }

  /** Where there is no answer, what was known last stands. */
  async #ask() {
    try {
      const [status, languages] = await Promise.all([
        fetchJson('/api/status'),
        fetchJson('/api/languages'),
      ]);
      this.#images = status.runner?.images ?? null;
      this.#onNews(languages.details, this.#images);
    } catch {}
  }
}

/** @param {string} path */
async function fetchJson(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(POLL_MS) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}
