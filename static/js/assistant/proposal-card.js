import { figureWords, verdictWords } from './assistant-words.js';

/** @import { AssistAction, NoticeText, Verdict } from '../types.js' */
/** @import { Notice } from '../ui/notice.js' */
/** @import { Proposal } from './proposal.js' */
/** @import { ProposalDialog } from './proposal-dialog.js' */

/**
 * @typedef {object} ProposalCardParts
 * @property {AssistAction} action
 * @property {Verdict | null} verdict
 * @property {ProposalDialog} dialog
 * @property {(said: string) => void} onTold what came of a choice, with other buttons than before
 */

/** What was proposed, how it went when it was tried, and what to do with it. */
export class ProposalCard {
  #notice;
  #proposal;
  #parts;

  /**
   * @param {Notice} notice
   * @param {Proposal} proposal
   * @param {ProposalCardParts} parts
   */
  constructor(notice, proposal, parts) {
    this.#notice = notice;
    this.#proposal = proposal;
    this.#parts = parts;
    const { action, verdict } = parts;
    const { title, tone, text } = verdictWords(verdict);
    const figures = action === 'optimize_code' ? figureWords(verdict) : '';
    const leftOut = proposal.leftOut.length > 0 ? leftOutWords(proposal.leftOut) : '';
    const said = [text, figures, leftOut].filter(Boolean).join(' ');
    this.#show({ title, tone, text: said });
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
      const end = await this.#parts.dialog.review(this.#proposal);
      if (end === 'discarded') this.#discard();
      else if (this.#proposal.open.length > 0 && end === 'none') return;
      else if (end === 'none') this.#discard();
      else if (this.#proposal.open.length === 0) this.#accepted();
      else this.#wait();
    } catch (error) {
      this.#sayError(error);
    }
  }

  /** Something was accepted, and more is there: what was run is not what one has now. */
  #wait() {
    const wasRun = (this.#parts.verdict?.status ?? 'not_tried') !== 'not_tried';
    const about = wasRun ? 'The verdict was for all changes together. ' : '';
    const words = { title: 'Accepted in part', text: `${about}The other changes wait here.` };
    this.#show({ tone: 'plain', ...words });
    this.#parts.onTold(`${words.title}. ${words.text}`);
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
    this.#settle({ tone: 'good', title: 'Accepted', text });
  }

  #discard() {
    this.#settle({ tone: 'plain', title: 'Discarded', text: 'What was left is not taken.' });
  }

  /** @param {NoticeText} words the last of it */
  #settle(words) {
    this.#notice.show(words);
    this.#parts.onTold(`${words.title}. ${words.text}`);
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
