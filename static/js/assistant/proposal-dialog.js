import { find } from '../ui/dom.js';

/** @import { Proposal } from './proposal.js' */

/** @typedef {'none' | 'some' | 'discarded'} Review whether something was accepted */

const HELP =
  'Red goes, green comes. Each change that you accept is in your text at once; Undo takes it back.';
const STALE = 'Your text has changed since you asked. This compares with it as it is now.';

/** Shows what would change, to be accepted or rejected piece by piece. */
export class ProposalDialog {
  #dialog = /** @type {HTMLDialogElement} */ (find('proposal'));
  #host = find('proposal-host');
  #help = find('proposal-help');
  #nonce;
  /** @type {Proposal | undefined} */
  #proposal;
  /** @type {Review} */
  #end = 'none';
  /** @type {unknown} */
  #error;

  /** @param {string} nonce for the style sheets of the views */
  constructor(nonce) {
    this.#nonce = nonce;
    find('proposal-accept').addEventListener('click', () => this.#acceptAll());
    find('proposal-discard').addEventListener('click', () => this.#close('discarded'));
    find('proposal-close').addEventListener('click', () => this.#dialog.close());
  }

  /**
   * @param {Proposal} proposal
   * @returns {Promise<Review>} when it is closed
   * @throws while the network is gone, and it was never used before
   */
  async review(proposal) {
    const { showChanges } = await import('./proposal-diff.js');
    this.#proposal = proposal;
    this.#end = 'none';
    this.#error = undefined;
    this.#help.textContent = proposal.isStale ? `${STALE} ${HELP}` : HELP;
    this.#host.replaceChildren();
    const closed = new Promise((done) => {
      this.#dialog.addEventListener('close', done, { once: true });
    });
    this.#dialog.showModal();
    const views = await Promise.all(
      proposal.open.map((file) =>
        showChanges(
          this.#host,
          this.#nonce,
          { path: file.target.name, present: proposal.present(file), proposed: file.text },
          {
            onAccept: (text) => this.#keep(() => proposal.accept(file, text)),
            onReject: (text) => {
              file.text = text;
            },
            onChosen: () => this.#goOn(),
          },
        ),
      ),
    );
    this.#goOn();
    await closed;
    for (const view of views) view.destroy();
    if (this.#error) throw this.#error;
    return this.#end;
  }

  /** To the next change, if there is one. */
  #goOn() {
    const next = this.#host.querySelector('button');
    if (next) next.focus();
    else this.#dialog.close();
  }

  async #acceptAll() {
    await this.#keep(() => /** @type {Proposal} */ (this.#proposal).acceptAll());
    this.#dialog.close();
  }

  /** @param {Review} end */
  #close(end) {
    this.#end = end;
    this.#dialog.close();
  }

  /** @param {() => Promise<void>} write */
  async #keep(write) {
    this.#end = 'some';
    try {
      await write();
    } catch (error) {
      this.#error = error;
      this.#dialog.close();
    }
  }
}
