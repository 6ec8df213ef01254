import { figureWords, verdictWords } from './assistant-words.js';

/** @import { AssistAction, NoticeText, Verdict } from '../types.js' */
/** @import { Notice } from '../ui/notice.js' */
/** @import { Proposal } from './proposal.js' */
/** @import { ProposalDialog } from './proposal-dialog.js' */

/** What was proposed, how it went when it was tried, and what to do with it. */
export class ProposalCard {
  #notice;
  #proposal;
  #dialog;
  #words;

  /**
   * @param {Notice} notice
   * @param {Proposal} proposal
   * @param {ProposalDialog} dialog
   * @param {{ action: AssistAction, verdict: Verdict | null }} about
   */
  constructor(notice, proposal, dialog, { action, verdict }) {
    this.#notice = notice;
    this.#proposal = proposal;
    this.#dialog = dialog;
    const { title, tone, text } = verdictWords(verdict);
    const figures = action === 'optimize_code' ? figureWords(verdict) : '';
    const leftOut = proposal.leftOut.length > 0 ? leftOutWords(proposal.leftOut) : '';
    const said = [text, figures, leftOut].filter(Boolean).join(' ');
    this.#words = { title, tone, text: said };
    this.#show(this.#words);
  }

  /** @param {NoticeText} words */
  #show(words) {
    if (this.#proposal.files.length === 0) return this.#notice.show(words);
    this.#notice.show({
      ...words,
      actions: [
        { label: 'Review the changes', first: true, act: () => this.#review() },
        { label: 'Accept all', act: () => this.#acceptAll() },
        { label: 'Discard', act: () => this.#discard() },
      ],
    });
  }

  async #review() {
    try {
      const end = await this.#dialog.review(this.#proposal);
      if (end === 'discarded') this.#discard();
      else if (this.#proposal.open.length > 0 && end === 'none') return;
      else if (end === 'none') this.#discard();
      else if (this.#proposal.open.length === 0) this.#accepted();
      else this.#show({ ...this.#words, text: 'The other changes wait here.' });
    } catch (error) {
      this.#sayError(error);
    }
  }

  async #acceptAll() {
    // What somebody has written since is not to be replaced unseen.
    if (this.#proposal.isStale) return this.#review();
    try {
      await this.#proposal.acceptAll();
      this.#accepted();
    } catch (error) {
      this.#sayError(error);
    }
  }

  #accepted() {
    const text = `${this.#proposal.names} changed. Undo in the editor takes it back.`;
    this.#notice.show({ tone: 'good', title: 'Accepted', text });
  }

  #discard() {
    this.#notice.show({ tone: 'plain', title: 'Discarded', text: 'What was left is not taken.' });
  }

  /** @param {unknown} error */
  #sayError(error) {
    if (!(error instanceof Error)) throw error;
    this.#show({
      tone: 'bad',
      title: 'The changes could not be shown or kept.',
      text: error.message,
    });
  }
}

/** @param {string[]} names */
function leftOutWords(names) {
  return `There is no place here for ${names.join(', ')}: copy what you need of it from the answer.`;
}
