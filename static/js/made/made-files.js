import { element, find, icon, isEnabled, setEnabled } from '../ui/dom.js';
import { RefusedError } from '../ui/server.js';
import { pictureOf, showsAtOnce, showWhenOpened, sizeWords } from './pictures.js';

/** @import { MadeFile } from '../types.js' */

/** So many are shown without being asked for. */
const OPEN_AT_FIRST = 6;

/**
 * Takes a file into the workspace, in place of one of that name only where it `replaces` it.
 *
 * @callback KeepFile
 * @param {string} path
 * @param {Blob} content
 * @param {boolean} replaces
 * @returns {Promise<void>}
 */

/** What the program has made, below its output: to look at, to download, to keep. */
export class MadeFiles {
  #host = find('made');
  #list = find('made-list');
  #title = find('made-title');
  #keep;

  /** @param {KeepFile | undefined} keep where there is a workspace to keep them in */
  constructor(keep) {
    this.#keep = keep;
    find('made-close').addEventListener('click', () => this.clear());
  }

  get isShown() {
    return !this.#host.hidden;
  }

  clear() {
    this.#host.hidden = true;
    this.#list.replaceChildren();
  }

  /**
   * @param {string} title
   * @param {MadeFile[]} files
   */
  show(title, files) {
    this.#title.textContent = title;
    const toSeeFirst = files.toSorted((a, b) => Number(showsAtOnce(b)) - Number(showsAtOnce(a)));
    this.#list.replaceChildren(...toSeeFirst.map((file, place) => this.#item(file, place)));
    this.#host.hidden = false;
  }

  /**
   * @param {MadeFile} file
   * @param {number} place
   */
  #item(file, place) {
    const head = element('div', { className: 'made-head' });
    // The program chose the name, so it may hold any script.
    const name = element('bdi', {}, file.name);
    const size = element('small', {}, sizeWords(file.size));
    const details = element('details', {}, element('summary', {}, name, size));
    const picture = pictureOf(file);
    if (picture) showWhenOpened(details, picture);
    else details.toggleAttribute('data-plain', true);
    const said = element('p', { role: 'status' });
    if (file.preview_url) head.append(openLink(file, file.preview_url));
    if (this.#keep) head.append(keepButton(file, this.#keep, said));
    head.append(downloadLink(file));
    details.open = showsAtOnce(file) && place < OPEN_AT_FIRST;
    return element('li', {}, details, head, said);
  }
}

/**
 * @param {MadeFile} file
 * @param {KeepFile} keep
 * @param {HTMLElement} said what became of it
 */
function keepButton(file, keep, said) {
  let replaces = false;
  const button = element('button', { className: 'act', title: 'Keep it in the workspace' });
  /** @param {'Keep' | 'Replace' | 'Kept'} label */
  const name = (label) => {
    button.textContent = label;
    button.ariaLabel = `${label} ${file.name} in the workspace`;
  };
  name('Keep');
  button.onclick = async () => {
    if (!isEnabled(button)) return;
    setEnabled(button, false);
    said.textContent = '';
    try {
      await keep(file.name, await contentOf(file), replaces);
      name('Kept');
      said.textContent = 'It is in the workspace now.';
    } catch (error) {
      replaces = error instanceof RefusedError && error.status === 409;
      name(replaces ? 'Replace' : 'Keep');
      said.textContent = error instanceof Error ? error.message : '';
      setEnabled(button, true);
    }
  };
  return button;
}

/** @param {MadeFile} file */
async function contentOf(file) {
  const answer = await fetch(file.url);
  if (!answer.ok) throw new RefusedError(answer.status, await answer.json().catch(() => null));
  return answer.blob();
}

/** @param {MadeFile} file */
function downloadLink(file) {
  const link = squareLink(file.url, 'download', `Download ${file.name}`);
  link.download = file.name.slice(file.name.lastIndexOf('/') + 1);
  return link;
}

/**
 * @param {MadeFile} file
 * @param {string} url
 */
function openLink(file, url) {
  const link = squareLink(url, 'open', `Open ${file.name} in a new tab`);
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  return link;
}

/**
 * @param {string} url
 * @param {string} shape
 * @param {string} label
 */
function squareLink(url, shape, label) {
  const className = 'quiet button square';
  return element('a', { className, href: url, title: label, ariaLabel: label }, icon(shape));
}
