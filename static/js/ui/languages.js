/** The languages as the server has them, and what is said of those that cannot run. */

/** @import { Images, Language, NoticeText } from '../types.js' */

/** Looks the languages up, and keeps what is known of them up to date. */
export class Languages {
  /** @type {Images | null} */
  #images = null;

  /** @param {Language[]} list */
  constructor(list) {
    this.list = list;
  }

  /**
   * @param {string} id
   * @returns {Language} the first that can run where there is no such
   */
  of(id) {
    const first = this.list.find((one) => one.available) ?? this.list[0];
    return /** @type {Language} */ (this.list.find((one) => one.id === id) ?? first);
  }

  /**
   * What the server says now.
   *
   * @param {Language[]} details
   * @param {Images | null} images
   */
  update(details, images) {
    this.#images = images;
    for (const { id, available, reason, version } of details) {
      Object.assign(this.of(id), { available, reason, version });
    }
  }

  /**
   * The line below the name in the menu.
   *
   * @param {Language} language
   */
  note(language) {
    if (language.available) return language.network ? 'With network access' : '';
    if (this.isFetched(language)) return `Getting ready${percent(this.#images?.progress)}`;
    if (this.#isNext(language)) return 'Gets ready next';
    return `Not available: ${language.reason ?? ''}`;
  }

  /**
   * That it can run by now, or why it cannot.
   *
   * @param {Language} language
   * @param {() => void} run
   * @returns {NoticeText}
   */
  card(language, run) {
    if (!language.available) return this.notice(language);
    const actions = [{ label: 'Run', first: true, act: run }];
    return { tone: 'good', title: `${language.name} is ready.`, actions };
  }

  /**
   * Why it cannot run, and what can be done meanwhile.
   *
   * @param {Language} language
   * @returns {NoticeText}
   */
  notice(language) {
    const meanwhile = `You can write and keep ${language.name} programs all the same.`;
    if (!this.isFetched(language) && !this.#isNext(language)) {
      const title = `${language.name} cannot run here.`;
      return { tone: 'warn', title, text: `${language.reason ?? ''} ${meanwhile}` };
    }
    return {
      tone: 'busy',
      title: `${language.name} is getting ready${percent(this.#images?.progress)}.`,
      text: `The server fetches what it needs to run it. ${meanwhile}`,
      progress: this.isFetched(language) ? (this.#images?.progress ?? null) : null,
    };
  }

  /** @param {Language} language */
  isFetched(language) {
    return language.image !== null && this.#images?.fetching === language.image;
  }

  /**
   * It waits while another one is fetched.
   *
   * @param {Language} language
   */
  #isNext(language) {
    const { fetching, missing } = this.#images ?? { fetching: null, missing: [] };
    return fetching !== null && language.image !== null && missing.includes(language.image);
  }
}

/** @param {number | null | undefined} progress */
function percent(progress) {
  return typeof progress === 'number' ? `, ${Math.round(progress * 100)} %` : '';
}
