import { keepCookie } from '../ui/cookies.js';
import { ask } from '../ui/server.js';
import { recall, remember } from '../ui/storage.js';

/**
 * @typedef {object} Settings
 * @property {'standard' | 'vim' | 'emacs'} keymap
 * @property {number} indent columns to one step; 0 for what is usual in the language
 * @property {number} font_size in CSS pixels
 * @property {boolean} wrap
 * @property {boolean} lint problems as one types
 * @property {boolean} assistant whether pages have it; the server draws them so
 */

/** @type {Settings} */
const USUAL = {
  keymap: 'standard',
  indent: 0,
  font_size: 13,
  wrap: false,
  lint: true,
  assistant: true,
};
const KEY = 'editor-settings';
const SAVE_AFTER_MS = 400;

/** How somebody likes to write code: what their account says, else what this browser does. */
export class SettingsStore {
  /** @type {Settings} */
  value;
  #isUser;
  #onFailed;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Promise<boolean>} */
  #kept = Promise.resolve(true);

  /**
   * @param {Partial<Settings> | null} ofAccount
   * @param {boolean} isUser whether there is an account to keep them
   * @param {(error: unknown) => void} onFailed the account could not be told
   */
  constructor(ofAccount, isUser, onFailed) {
    this.#isUser = isUser;
    this.#onFailed = onFailed;
    this.value = { ...USUAL, ...(ofAccount ?? ofBrowser()) };
    if (!ofAccount) this.#tellServer();
  }

  /** @param {Partial<Settings>} change */
  change(change) {
    this.value = { ...this.value, ...change };
    remember('local', KEY, JSON.stringify(this.value));
    this.#tellServer();
    clearTimeout(this.#timer);
    if (this.#isUser) this.#timer = setTimeout(() => this.#save(), SAVE_AFTER_MS);
  }

  /** @returns {Promise<boolean>} whether the account has them, if there is one */
  saved() {
    if (this.#timer) this.#save();
    return this.#kept;
  }

  /** A guest's page is drawn as their browser says. */
  #tellServer() {
    keepCookie('assistant', this.value.assistant ? '' : 'off');
  }

  #save() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#kept = this.#send();
  }

  /** What cannot be saved now holds in this browser, and is saved with the next change. */
  async #send() {
    const form = new FormData();
    for (const [name, value] of Object.entries(this.value)) form.set(name, String(value));
    try {
      await ask('POST', '/settings/editor', form);
      return true;
    } catch (error) {
      this.#onFailed(error);
      return false;
    }
  }
}

/** @returns {Partial<Settings>} */
function ofBrowser() {
  try {
    return JSON.parse(recall('local', KEY) ?? '{}');
  } catch {
    return {};
  }
}
