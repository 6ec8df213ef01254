import { find, icon } from './dom.js';

/** @import { NoticeText, Tone } from './types.js' */

/** @type {Record<Tone, string>} */
const ICONS = { plain: 'info', busy: 'info', good: 'good', warn: 'alert', bad: 'alert' };

/** The card below the terminal: what happened, in words, and the next steps as buttons. */
export class Notice {
  #host = find('notice');

  clear() {
    this.#host.hidden = true;
    this.#host.replaceChildren();
  }

  /** @param {NoticeText} notice */
  show({ tone, title, text, code, actions = [] }) {
    this.#host.dataset.tone = tone;
    const said = element('div', 'said', element('strong', '', title));
    if (text) said.append(element('p', '', text));
    if (code) said.append(element('code', '', code));
    if (actions.length > 0) said.append(element('div', 'acts', ...actions.map(actionButton)));
    this.#host.replaceChildren(icon(ICONS[tone]), said, this.#dismissButton());
    this.#host.hidden = false;
  }

  #dismissButton() {
    const button = element('button', 'quiet square dismiss', icon('close'));
    button.setAttribute('aria-label', 'Dismiss');
    button.onclick = () => this.clear();
    return button;
  }
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
