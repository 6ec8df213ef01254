import { ask } from '../ui/server.js';
import { recall, remember } from '../ui/storage.js';

/**
 * @typedef {object} Settings
 * @property {'standard' | 'vim' | 'emacs'} keymap
 * @property {number} indent columns to one step; 0 for what is usual in the language
 * @property {number} font_size in CSS pixels
 * @property {boolean} wrap
 * @property {boolean} lint problems as one types
 */

/** @type {Settings} */
const USUAL = { keymap: 'standard', indent: 0, font_size: 13, wrap: false, lint: true };
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

  /**
   * @param {Partial<Settings> | null} ofAccount
   * @param {boolean} isUser whether there is an account to keep them
   * @param {(error: unknown) => void} onFailed the account could not be told
   */
  constructor(ofAccount, isUser, onFailed) {
    this.#isUser = isUser;
    this.#onFailed = onFailed;
    this.value = { ...USUAL, ...(ofAccount ?? ofBrowser()) };
  }

  /** @param {Partial<Settings>} change */
  change(change) {
    this.value = { ...this.value, ...change };
    remember('local', KEY, JSON.stringify(this.value));
    clearTimeout(this.#timer);
    if (this.#isUser) this.#timer = setTimeout(() => this.#save(), SAVE_AFTER_MS);
  }

  /** What cannot be saved now holds in this browser, and is saved with the next change. */
  async #save() {
    const form = new FormData();
    for (const [name, value] of Object.entries(this.value)) form.set(name, String(value));
    await ask('POST', '/settings/editor', form).catch(this.#onFailed);
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
