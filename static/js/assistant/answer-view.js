import { copied } from '../ui/clipboard.js';
import { element } from '../ui/dom.js';
import { Notice } from '../ui/notice.js';

/** @import { AssistAnswer, NoticeText } from '../types.js' */

/**
 * @typedef {object} AnswerHooks
 * @property {() => void} again
 * @property {(code: string) => void} insert at the cursor
 * @property {(text: string) => void} announce
 */

/** A question with its answer, drawn as it comes. */
export class AnswerView {
  #hooks;
  #finished = element('div');
  #unfinished = element('div');
  #by = element('p', { className: 'by' });
  #foot = element('footer');

  /**
   * @param {string} title
   * @param {AnswerHooks} hooks
   */
  constructor(title, hooks) {
    this.#hooks = hooks;
    const text = element('div', { className: 'prose' }, this.#finished, this.#unfinished);
    this.element = element(
      'article',
      { ariaLabel: title },
      element('h2', {}, title),
      text,
      this.#by,
      this.#foot,
    );
    this.say('Waiting for the first words…');
  }

  /**
   * Somebody begins to answer; what another one has said before is taken back.
   *
   * @param {string} provider
   * @param {string} model
   */
  start(provider, model) {
    const isAnother = this.#finished.hasChildNodes() || this.#unfinished.hasChildNodes();
    this.#finished.replaceChildren();
    this.#unfinished.replaceChildren();
    const who = `${provider} (${model})`;
    this.say(isAnother ? `${who} answers anew…` : `${who} answers…`);
  }

  /**
   * @param {string} finished HTML that the server has made harmless
   * @param {string} unfinished the same, until the next comes
   */
  draw(finished, unfinished) {
    const blocks = fragment(finished);
    for (const pre of blocks.querySelectorAll('pre')) this.#offer(pre);
    this.#finished.append(blocks);
    this.#unfinished.replaceChildren(fragment(unfinished));
  }

  /** @param {string} text what goes on, or who has answered */
  say(text) {
    this.#by.textContent = text;
  }

  /** @param {AssistAnswer} answer */
  end({ provider, model, notes }) {
    this.say(`By ${provider} (${model}). It can be wrong.`);
    if (notes.length > 0) {
      const items = notes.map((note) => element('li', {}, note));
      this.#by.after(element('ul', { className: 'by' }, ...items));
    }
    this.#offerAgain();
  }

  /** @param {string} why */
  stop(why) {
    this.#unfinished.replaceChildren();
    this.say(why);
    this.#offerAgain();
  }

  /** @param {NoticeText} notice */
  fail(notice) {
    this.#unfinished.replaceChildren();
    this.say('');
    this.add().show({
      ...notice,
      actions: [{ label: 'Ask again', first: true, act: this.#hooks.again }],
    });
  }

  /** A card below the text. */
  add() {
    const host = element('div', { className: 'notice' });
    this.#foot.before(host);
    return new Notice(host, { isKept: true });
  }

  /** Another question follows. */
  settle() {
    this.#foot.replaceChildren();
  }

  #offerAgain() {
    const button = element('button', { className: 'quiet', onclick: this.#hooks.again });
    button.append('Ask again');
    this.#foot.replaceChildren(button);
  }

  /** @param {HTMLPreElement} pre a block of code, which gets its buttons */
  #offer(pre) {
    const code = pre.textContent ?? '';
    const copy = element('button', { className: 'quiet' }, 'Copy');
    copy.onclick = async () => {
      const said = (await copied(code)) ? 'Copied' : 'Select it to copy';
      copy.textContent = said;
      this.#hooks.announce(`${said}.`);
    };
    const insert = element('button', { className: 'quiet' }, 'Insert at the cursor');
    insert.onclick = () => this.#hooks.insert(code.replace(/\n$/, ''));
    const acts = element('div', { className: 'code-acts' }, copy, insert);
    pre.tabIndex = 0;
    pre.setAttribute('role', 'group');
    pre.setAttribute('aria-label', 'Code');
    const box = element('div', { className: 'code' });
    pre.replaceWith(box);
    box.append(pre, acts);
  }
}

/** @param {string} html that the server has made harmless */
function fragment(html) {
  const template = document.createElement('template');
  template.innerHTML = html;
  return template.content;
}
