import { keyWords } from '../commands/keys.js';
import { find, findAll, isEnabled, setEnabled } from '../ui/dom.js';
import { isNarrow } from '../ui/panes.js';
import { hasKeyboard } from '../ui/soft-keyboard.js';

/** What the terminal's own keys send. */
const INTERRUPT = '\x03';
const END_OF_INPUT = '\x04';

/**
 * @typedef {object} RunControlsHooks
 * @property {() => void} run
 * @property {() => void} stop
 * @property {(data: string) => void} send to the program
 * @property {() => void} focusTerminal
 */

/** The buttons that start a program, stop it, and stand for keys that a phone lacks. */
export class RunControls {
  #run = find('run');
  #stop = find('stop');
  #keys = findAll('send-key');
  #focusTerminal;

  /** @param {RunControlsHooks} hooks */
  constructor({ run, stop, send, focusTerminal }) {
    this.#focusTerminal = focusTerminal;
    this.#run.addEventListener('click', () => isEnabled(this.#run) && run());
    this.#stop.addEventListener('click', () => isEnabled(this.#stop) && stop());
    for (const key of this.#keys) {
      const data = key.dataset.sendKey === 'interrupt' ? INTERRUPT : END_OF_INPUT;
      // The terminal keeps the focus, and with it a phone its keyboard.
      key.addEventListener('pointerdown', (event) => event.preventDefault());
      key.addEventListener('click', () => send(data));
    }
    for (const key of findAll('run-key')) key.textContent = keyWords('Mod+Enter');
  }

  /**
   * @param {{ active: boolean, runnable: boolean, stoppable: boolean, typed: boolean }} can whether
   *   a run goes on, another can be asked for, it can be stopped, and takes what is typed
   */
  show({ active, runnable, stoppable, typed }) {
    const isOther = active !== document.body.hasAttribute('data-busy');
    document.body.toggleAttribute('data-busy', active);
    if (isOther) this.#moveFocus(active);
    setEnabled(this.#run, runnable);
    setEnabled(this.#stop, stoppable);
    this.#showKeys(typed);
  }

  /** @param {boolean} shown */
  #showKeys(shown) {
    const focused = this.#keys.some((key) => key === document.activeElement);
    for (const key of this.#keys) key.hidden = !shown;
    if (focused && !shown) this.#run.focus();
  }

  /**
   * Where there is one pane at a time, and Run and Stop share one place: the button in focus is about
   * to go, as the editor has that started it by a key. Not to Stop: an Enter meant for the program
   * would end it.
   *
   * @param {boolean} active
   */
  #moveFocus(active) {
    if (!isNarrow()) return;
    const focused = document.activeElement;
    if (!active) {
      if (focused === this.#stop) this.#run.focus();
      return;
    }
    const isLost = focused === document.body || !focused?.checkVisibility();
    if (focused !== this.#run && !isLost) return;
    if (hasKeyboard() || this.#run.matches(':focus-visible')) this.#focusTerminal();
    else document.getElementById('panel-terminal')?.focus(); // opens no keyboard on a phone
  }
}
