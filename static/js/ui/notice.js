import { icon } from './dom.js';

/** @import { NoticeText, Tone } from '../types.js' */

/** @type {Record<Tone, string>} */
const ICONS = { plain: 'info', busy: 'info', good: 'good', warn: 'alert', bad: 'alert' };

/** The card below the terminal: what happened, in words, and the next steps as buttons. */
export class Notice {
  #host;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.#host = host;
  }

  get isShown() {
    return !this.#host.hidden;
  }

  clear() {
    this.#host.hidden = true;
    this.#host.replaceChildren();
  }

  /** @param {NoticeText} notice */
  show({ tone, title, text, code, progress, actions = [] }) {
    this.#host.dataset.tone = tone;
    const said = element('div', 'said', element('strong', '', title));
    if (text) said.append(element('p', '', text));
    if (progress !== undefined) said.append(progressBar(title, progress));
    if (code) said.append(element('code', '', code));
    if (actions.length > 0) said.append(element('div', 'acts', ...actions.map(actionButton)));
    // What is only said anew must not take the focus from the button.
    const dismiss = this.#host.querySelector('.dismiss') ?? this.#dismissButton();
    for (const old of this.#host.querySelectorAll(':scope > :not(.dismiss)')) old.remove();
    if (!dismiss.isConnected) this.#host.append(dismiss);
    dismiss.before(icon(ICONS[tone]), said);
    this.#host.hidden = false;
  }

  #dismissButton() {
    const button = element('button', 'quiet square dismiss', icon('close'));
    button.setAttribute('aria-label', 'Dismiss');
    button.onclick = () => this.clear();
    return button;
  }
}

/**
 * @param {string} label
 * @param {number | null} progress
 */
function progressBar(label, progress) {
  const bar = document.createElement('progress');
  bar.setAttribute('aria-label', label);
  if (progress !== null) bar.value = progress;
  return bar;
}

/** @param {NonNullable<NoticeText['actions']>[number]} action */
function actionButton(action) {
  const button = element('button', action.first ? 'first' : '', action.label);
  button.onclick = action.act;
  return button;
}

/**
 * @template {'div' | 'p' | 'strong' | 'code' | 'button'} K
 * @param {K} tag
 * @param {string} className
 * @param {(Node | string)[]} children strings become text, never markup
 */
function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (made instanceof HTMLButtonElement) made.type = 'button';
  made.append(...children);
  return made;
}
