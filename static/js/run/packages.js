import { element, find, icon } from '../ui/dom.js';
import { recall, remember } from '../ui/storage.js';

/** @param {string} language */
const keptAs = (language) => `packages.${language}`;

/**
 * The packages that this tab's runs ask for, by language. Those of the language in the editor are
 * shown as chips, which take them away again.
 */
export class Packages {
  #list = find('packages');
  #language = '';

  /** @param {string} language */
  show(language) {
    this.#language = language;
    this.#list.replaceChildren(...this.of(language).map((name) => this.#chip(name)));
    this.#list.hidden = this.#list.childElementCount === 0;
  }

  /**
   * @param {string} language
   * @returns {string[]}
   */
  of(language) {
    try {
      const names = JSON.parse(recall('session', keptAs(language)) ?? '[]');
      return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
    } catch {
      return [];
    }
  }

  /**
   * What a run's request says of them.
   *
   * @param {string} language
   * @returns {{ install_packages?: string[] }}
   */
  forRun(language) {
    const asked = this.of(language);
    return asked.length > 0 ? { install_packages: asked } : {};
  }

  /**
   * @param {string} language
   * @param {string} name
   */
  add(language, name) {
    this.#keep(language, [...new Set([...this.of(language), name])]);
  }

  /**
   * @param {string} language
   * @param {string[]} names
   */
  remove(language, names) {
    this.#keep(
      language,
      this.of(language).filter((name) => !names.includes(name)),
    );
  }

  /**
   * @param {string} language
   * @param {string[]} names
   */
  #keep(language, names) {
    remember('session', keptAs(language), names.length > 0 ? JSON.stringify(names) : null);
    if (language === this.#language) this.show(language);
  }

  /** @param {string} name */
  #chip(name) {
    const button = element('button', {
      className: 'chip',
      ariaLabel: `Run without the package ${name}`,
      title: `${name} is installed for your runs. Press to run without it`,
      onclick: () => this.#takeAway(name),
    });
    button.append(name, icon('close'));
    return element('li', {}, button);
  }

  /** @param {string} name */
  #takeAway(name) {
    const at = this.of(this.#language).indexOf(name);
    this.remove(this.#language, [name]);
    const chips = this.#list.querySelectorAll('button');
    // The focus must not fall off the page with the chip that had it.
    (chips[Math.min(at, chips.length - 1)] ?? find('run')).focus();
  }
}
