import { find } from '../ui/dom.js';
import { Searcher, SearchProblem } from './searcher.js';

/** @import { StoredFile } from '../files/file-store.js' */
/** @import { Found, Match, Query } from './search-text.js' */

const AFTER_MS = 150;
/** More lines are counted but not listed. */
const MOST_LISTED = 500;

/**
 * @typedef {object} SearchDialogParts
 * @property {() => Promise<StoredFile[]>} files
 * @property {(file: StoredFile) => string | null} textOf as it is on the screen
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
  /** @type {Found[]} */
  #found = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {SearchDialogParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#form.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#search(), AFTER_MS);
    });
    this.#form.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
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

  async #search() {
    const query = this.#query;
    if (!query.text) return this.#show([], 0, '');
    try {
      const files = (await this.#parts.files()).filter(({ isText }) => isText);
      this.#files = new Map(files.map((file) => [file.id, file]));
      const searched = files.map((file) => ({
        id: file.id,
        text: this.#parts.textOf(file) ?? '',
      }));
      const results = await this.#searcher.search(query, searched);
      if (!results) return;
      const { found, count, isCut } = results;
      this.#show(found, count, foundWords(count, found.length, isCut));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
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
  }

  /**
   * @param {number} id
   * @param {Match[]} matches
   */
  #group(id, matches) {
    const file = /** @type {StoredFile} */ (this.#files.get(id));
    const group = document.createElement('section');
    const heading = document.createElement('h3');
    heading.textContent = file.path;
    const list = document.createElement('ul');
    list.append(...matches.map((match) => this.#line(file, match)));
    group.append(heading, list);
    return group;
  }

  /**
   * @param {StoredFile} file
   * @param {Match} match
   */
  #line(file, match) {
    const place = button('', () => {
      this.#dialog.close();
      this.#parts.open(file, match);
    });
    const number = document.createElement('small');
    number.textContent = String(match.line);
    const marked = document.createElement('mark');
    marked.textContent = match.found;
    const text = document.createElement('code');
    text.append(match.before, marked, match.after);
    place.append(number, text);
    const replace = button('Replace', () =>
      this.#replaceFound([{ id: file.id, matches: [match] }]),
    );
    replace.setAttribute('aria-label', `Replace in line ${match.line} of ${file.path}`);
    const item = document.createElement('li');
    item.append(place, replace);
    return item;
  }

  /** @param {Found[]} found */
  async #replaceFound(found) {
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

/**
 * @param {string} label
 * @param {() => void} act
 */
function button(label, act) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = label;
  made.onclick = act;
  return made;
}
