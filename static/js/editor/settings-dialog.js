import { find } from '../ui/dom.js';

/** @import { Settings, SettingsStore } from './settings.js' */

/** Where the settings are chosen; each counts at once. */
export class SettingsDialog {
  #dialog = /** @type {HTMLDialogElement} */ (find('settings'));
  #form = /** @type {HTMLFormElement} */ (find('settings-form'));
  #store;

  /**
   * @param {SettingsStore} store
   * @param {(settings: Settings) => void} onChange
   * @param {() => void} onClose
   */
  constructor(store, onChange, onClose) {
    this.#store = store;
    this.#form.addEventListener('change', () => {
      store.change(this.#chosen);
      onChange(store.value);
    });
    this.#dialog.addEventListener('close', onClose);
    find('settings-open').addEventListener('click', () => this.open());
  }

  open() {
    for (const [name, value] of Object.entries(this.#store.value)) {
      const field = this.#field(name);
      if (field.type === 'checkbox') field.checked = Boolean(value);
      else field.value = String(value);
    }
    this.#dialog.showModal();
  }

  /** @returns {Settings} */
  get #chosen() {
    return {
      keymap: /** @type {Settings['keymap']} */ (this.#field('keymap').value),
      indent: Number(this.#field('indent').value),
      font_size: Number(this.#field('font_size').value),
      wrap: this.#field('wrap').checked,
      lint: this.#field('lint').checked,
      assistant: this.#field('assistant').checked,
    };
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
  }
}
