import { recall, remember } from '../ui/storage.js';

const SAVE_AFTER_MS = 300;

/** @param {string} language */
const draftKey = (language) => `draft.${language}`;

/** @param {string} language */
const otherKey = (language) => `draft.${language}.other`;

/**
 * The text of each language, kept in this browser. Each tab keeps its own, so that two tabs can
 * work on two programs; a new tab begins with the text last changed anywhere. A tab that is about
 * to write over the text of another sets that text aside first, where `other` finds it.
 *
 * A draft equal to the template is no draft, so a better template reaches everyone who has not
 * changed it.
 */
export class Drafts {
  #templates;
  #onSaved;
  /** @type {Map<string, string>} */
  #waiting = new Map();
  /** What this tab last read or wrote in the storage that all tabs share. @type {Map<string, string | null>} */
  #shared = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Record<string, string>} templates
   * @param {(kept: boolean) => void} onSaved
   */
  constructor(templates, onSaved) {
    this.#templates = templates;
    this.#onSaved = onSaved;
    window.addEventListener('pagehide', () => this.flush());
  }

  /** @param {string} language */
  template(language) {
    return this.#templates[language] ?? '';
  }

  /** @param {string} language */
  text(language) {
    const waiting = this.#waiting.get(language);
    if (waiting !== undefined) return waiting;
    const own = recall('session', draftKey(language));
    const shared = recall('local', draftKey(language));
    if (own === null) this.#shared.set(language, shared);
    return own ?? shared ?? this.template(language);
  }

  /**
   * The text that was set aside, another tab's or the one before the template, or null.
   *
   * @param {string} language
   */
  other(language) {
    const other = recall('local', otherKey(language));
    return other === this.text(language) ? null : other;
  }

  /** @param {string} language */
  setAside(language) {
    remember('local', otherKey(language), this.text(language));
  }

  /**
   * That text, which is set aside no longer: this tab's own takes its place.
   *
   * @param {string} language
   */
  takeOther(language) {
    const other = this.other(language) ?? this.text(language);
    this.setAside(language);
    return other;
  }

  /**
   * @param {string} language
   * @param {string} text
   */
  keep(language, text) {
    this.#waiting.set(language, text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), SAVE_AFTER_MS);
  }

  flush() {
    clearTimeout(this.#timer);
    if (this.#waiting.size === 0) return;
    let kept = true;
    for (const [language, text] of this.#waiting) kept = this.#write(language, text) && kept;
    if (kept) this.#waiting.clear();
    this.#onSaved(kept);
  }

  /**
   * @param {string} language
   * @param {string} text
   */
  #write(language, text) {
    const draft = text === this.template(language) ? null : text;
    this.#setOtherAside(language, draft);
    this.#shared.set(language, draft);
    remember('session', draftKey(language), draft);
    return remember('local', draftKey(language), draft);
  }

  /**
   * @param {string} language
   * @param {string | null} draft
   */
  #setOtherAside(language, draft) {
    const there = recall('local', draftKey(language));
    const mine = this.#shared.get(language) ?? recall('session', draftKey(language));
    if (there !== null && there !== mine && there !== draft) {
      remember('local', otherKey(language), there);
    }
  }
}
