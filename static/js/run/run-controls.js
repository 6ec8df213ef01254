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
   * @param {{ active: boolean, stoppable: boolean, typed: boolean }} can whether a run goes on,
   *   can be stopped, and takes what is typed
   */
  show({ active, stoppable, typed }) {
    document.body.toggleAttribute('data-busy', active);
    this.#moveFocus(active);
    setEnabled(this.#run, !active);
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
   * Where Run and Stop share one place, the button in focus is about to go. Not to Stop: an Enter
   * meant for the program would end it.
   *
   * @param {boolean} active
   */
  #moveFocus(active) {
    if (!isNarrow() || document.activeElement !== (active ? this.#run : this.#stop)) return;
    if (!active) this.#run.focus();
    else if (hasKeyboard() || this.#run.matches(':focus-visible')) this.#focusTerminal();
    else document.getElementById('panel-terminal')?.focus(); // opens no keyboard on a phone
  }
}
