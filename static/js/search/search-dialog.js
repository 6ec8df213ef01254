import { element, find } from '../ui/dom.js';
import { Searcher, SearchProblem } from './searcher.js';

/** @import { StoredFile } from '../files/stored-file.js' */
/** @import { Found, Match, Query } from './search-text.js' */

const AFTER_MS = 150;
/** More lines are counted but not listed. */
const MOST_LISTED = 500;

/**
 * @typedef {object} SearchDialogParts
 * @property {() => Promise<StoredFile[]>} files
 * @property {(file: StoredFile) => string | null} textOf as it is on the screen; null once it is
 *   gone
 * @property {(file: StoredFile, match: Match) => void} open
 * @property {(file: StoredFile, matches: Match[]) => void} replace
 */

/** Searches through all files of the workspace, and replaces what was found. */
export class SearchDialog {
  #parts;
  #dialog = /** @type {HTMLDialogElement} */ (find('search'));
  #form = /** @type {HTMLFormElement} */ (find('search-form'));
  #said = find('search-said');
  #results = find('search-results');
  #replaceAll = /** @type {HTMLButtonElement} */ (find('search-replace-all'));
  #searcher = new Searcher(find('search').dataset.search ?? '');
  /** @type {Map<number, StoredFile>} */
  #files = new Map();
  /** The texts that were searched. @type {Map<number, string>} */
  #texts = new Map();
  /** @type {Found[]} */
  #found = [];
  /** Counts what makes results outdated. */
  #round = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {SearchDialogParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#form.addEventListener('input', () => {
      this.#outdate();
      this.#timer = setTimeout(() => this.#search(), AFTER_MS);
    });
    this.#form.addEventListener('keydown', async (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      if (this.#results.inert) await this.#search();
      this.#results.querySelector('button')?.focus();
    });
    this.#replaceAll.addEventListener('click', () => this.#replaceFound(this.#found));
    find('search-close').addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('close', () => this.#searcher.cancel());
  }

  /** @param {string} [text] to begin with */
  open(text) {
    if (text) this.#field('query').value = text;
    this.#dialog.showModal();
    this.#field('query').select();
    this.#search();
  }

  /** @returns {Query} */
  get #query() {
    return {
      text: this.#field('query').value,
      replacement: this.#field('replacement').value,
      matchCase: this.#field('match_case').checked,
      wholeWord: this.#field('whole_word').checked,
      isPattern: this.#field('is_pattern').checked,
    };
  }

  /** What is shown is not of these words, or not of these texts: nothing is replaced by it. */
  #outdate() {
    clearTimeout(this.#timer);
    this.#searcher.cancel();
    this.#round += 1;
    this.#results.inert = true;
    this.#replaceAll.disabled = true;
  }

  async #search() {
    this.#outdate();
    const round = this.#round;
    const query = this.#query;
    if (!query.text) return this.#show([], 0, '');
    try {
      const files = (await this.#parts.files()).filter(({ isText }) => isText);
      if (round !== this.#round) return;
      this.#files = new Map(files.map((file) => [file.id, file]));
      const searched = files.map((file) => ({
        id: file.id,
        text: this.#parts.textOf(file) ?? '',
      }));
      this.#texts = new Map(searched.map(({ id, text }) => [id, text]));
      const results = await this.#searcher.search(query, searched);
      if (!results || round !== this.#round) return;
      const { found, count, isCut } = results;
      this.#show(found, count, foundWords(count, found.length, isCut));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (round !== this.#round) return;
      this.#show([], 0, error.message);
      this.#said.toggleAttribute('data-bad', error instanceof SearchProblem);
    }
  }

  /**
   * @param {Found[]} found
   * @param {number} count
   * @param {string} said
   */
  #show(found, count, said) {
    this.#found = found;
    this.#said.textContent = said;
    this.#said.removeAttribute('data-bad');
    this.#replaceAll.textContent = count > 1 ? `Replace all ${count}` : 'Replace';
    this.#replaceAll.disabled = count === 0;
    let room = MOST_LISTED;
    const groups = [];
    for (const { id, matches } of found) {
      if (room <= 0) break;
      groups.push(this.#group(id, matches.slice(0, room)));
      room -= matches.length;
    }
    this.#results.replaceChildren(...groups);
    this.#results.inert = false;
  }

  /**
   * @param {number} id
   * @param {Match[]} matches
   */
  #group(id, matches) {
    const file = /** @type {StoredFile} */ (this.#files.get(id));
    const lines = matches.map((match) => this.#line(file, match));
    return element('section', {}, element('h3', {}, file.path), element('ul', {}, ...lines));
  }

  /**
   * @param {StoredFile} file
   * @param {Match} match
   */
  #line(file, match) {
    const open = () => {
      this.#dialog.close();
      this.#parts.open(file, match);
    };
    const replace = () => this.#replaceFound([{ id: file.id, matches: [match] }]);
    const ariaLabel = `Replace in line ${match.line} of ${file.path}`;
    const number = element('small', {}, String(match.line));
    const marked = element('mark', {}, match.found);
    const text = element('code', {}, match.before, marked, match.after);
    return element(
      'li',
      {},
      element('button', { onclick: open }, number, text),
      element('button', { onclick: replace, ariaLabel }, 'Replace'),
    );
  }

  /** @param {Found[]} found */
  async #replaceFound(found) {
    if (this.#results.inert) return;
    if (found.some(({ id }) => this.#isChanged(id))) {
      await this.#search();
      this.#said.textContent = `Files have changed meanwhile. ${this.#said.textContent}`;
      return;
    }
    let count = 0;
    for (const { id, matches } of found) {
      const file = this.#files.get(id);
      if (!file) continue;
      this.#parts.replace(file, matches);
      count += matches.length;
    }
    await this.#search();
    const times = count === 1 ? 'Replaced once' : `Replaced ${count} times`;
    this.#said.textContent = `${times}. Undo in a file takes it back.`;
    if (!this.#dialog.contains(document.activeElement)) this.#field('query').focus();
  }

  /** @param {number} id of a file that may have come anew from the server since it was searched */
  #isChanged(id) {
    const file = this.#files.get(id);
    return !file || this.#parts.textOf(file) !== this.#texts.get(id);
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
  }
}

/**
 * @param {number} count
 * @param {number} files
 * @param {boolean} isCut
 */
function foundWords(count, files, isCut) {
  if (count === 0) return 'Nothing found.';
  const times = count === 1 ? 'Found once' : `Found ${isCut ? 'more than ' : ''}${count} times`;
  const listed = count > MOST_LISTED ? ` The first ${MOST_LISTED} are listed.` : '';
  return `${times} in ${files === 1 ? '1 file' : `${files} files`}.${listed}`;
}
