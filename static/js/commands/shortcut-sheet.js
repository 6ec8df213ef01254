import { find } from '../ui/dom.js';
import { keyWords } from './keys.js';

/** @import { Command, Commands } from './commands.js' */

/** All keys at a glance, by group. */
export class ShortcutSheet {
  #dialog = /** @type {HTMLDialogElement} */ (find('shortcuts'));
  #groups = find('shortcut-groups');
  #commands;

  /** @param {Commands} commands */
  constructor(commands) {
    this.#commands = commands;
    find('shortcuts-close').addEventListener('click', () => this.#dialog.close());
  }

  open() {
    const commands = this.#commands.all.filter(({ keys }) => keys);
    const groups = [...new Set(commands.map(({ group }) => group))];
    const sections = groups.map((name) =>
      section(
        name,
        commands.filter(({ group }) => group === name),
      ),
    );
    this.#groups.replaceChildren(...sections);
    this.#dialog.showModal();
  }
}

/**
 * @param {string} name
 * @param {Command[]} commands
 */
function section(name, commands) {
  const made = document.createElement('section');
  const title = document.createElement('h3');
  title.textContent = name;
  const list = document.createElement('dl');
  for (const { label, keys } of commands) {
    const [row, what, how, key] = ['div', 'dt', 'dd', 'kbd'].map((tag) =>
      document.createElement(tag),
    );
    if (!row || !what || !how || !key) continue;
    what.textContent = label;
    key.textContent = keyWords(keys ?? '');
    how.append(key);
    row.append(what, how);
    list.append(row);
  }
  made.append(title, list);
  return made;
}
