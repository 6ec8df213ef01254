import { element, icon } from './dom.js';

/** @import { NoticeText, Tone } from '../types.js' */

/** @type {Record<Tone, string>} */
const ICONS = { plain: 'info', busy: 'info', good: 'good', warn: 'alert', bad: 'alert' };

/** The card below the terminal: what happened, in words, and the next steps as buttons. */
export class Notice {
  #host;
  #isKept;
  /** @type {NoticeText | undefined} the last one */
  #notice;

  /**
   * @param {HTMLElement} host
   * @param {{ isKept?: boolean }} [options] `isKept`: nobody can dismiss it
   */
  constructor(host, { isKept = false } = {}) {
    this.#host = host;
    this.#isKept = isKept;
  }

  get isShown() {
    return !this.#host.hidden;
  }

  clear() {
    this.#host.hidden = true;
    this.#host.replaceChildren();
  }

  /** Its cause is gone. @param {NoticeText | undefined} notice which need not be the last one */
  end(notice) {
    if (notice && notice === this.#notice) this.clear();
  }

  /** @param {NoticeText} notice */
  show(notice) {
    const { tone, title, text, code, progress, actions = [] } = notice;
    this.#notice = notice;
    this.#host.dataset.tone = tone;
    const said = element('div', { className: 'said' }, element('strong', {}, title));
    if (text) said.append(element('p', {}, text));
    if (progress !== undefined) said.append(progressBar(title, progress));
    if (code) said.append(element('code', {}, code));
    if (actions.length > 0) {
      said.append(element('div', { className: 'acts' }, ...actions.map(actionButton)));
    }
    if (this.#isKept) return this.#host.replaceChildren(icon(ICONS[tone]), said);
    // What is only said anew must not take the focus from the button.
    const dismiss = this.#host.querySelector('.dismiss') ?? this.#dismissButton();
    for (const old of this.#host.querySelectorAll(':scope > :not(.dismiss)')) old.remove();
    if (!dismiss.isConnected) this.#host.append(dismiss);
    dismiss.before(icon(ICONS[tone]), said);
    this.#host.hidden = false;
  }

  #dismissButton() {
    const onclick = () => this.clear();
    const className = 'quiet square dismiss';
    return element('button', { className, ariaLabel: 'Dismiss', onclick }, icon('close'));
  }
}

/**
 * @param {string} ariaLabel
 * @param {number | null} progress
 */
function progressBar(ariaLabel, progress) {
  return element('progress', progress === null ? { ariaLabel } : { ariaLabel, value: progress });
}

/** @param {NonNullable<NoticeText['actions']>[number]} action */
function actionButton({ first, label, act }) {
  return element('button', { className: first ? 'first' : '', onclick: act }, label);
}
