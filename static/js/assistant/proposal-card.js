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
  /** @type {NoticeText} */
  #untaken;
  #isTaken = false;
  #title = '';

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
    this.#untaken = { title, tone, text: said };
    this.#show(this.#untaken);
  }

  /** The text has changed: what was accepted may be undone, or done again. */
  refresh() {
    if (!this.#isTaken || this.#proposal.isStale) return;
    const words = this.#words;
    if (words.title !== this.#title) this.#show(words);
  }

  /** @returns {NoticeText} where parts are accepted or rejected, what was run is not what one has */
  get #words() {
    const { names, open, isUntaken, isWhole } = this.#proposal;
    if (isUntaken && isWhole) return this.#untaken;
    if (open.length === 0) {
      const text = `${names} changed. Undo in the editor takes it back.`;
      return { tone: 'good', title: 'Accepted', text };
    }
    const wasRun = (this.#parts.verdict?.status ?? 'not_tried') !== 'not_tried';
    const about = wasRun ? 'The verdict was for all changes together. ' : '';
    const text = `${about}The other changes wait here.`;
    return { tone: 'plain', title: isUntaken ? 'Taken back' : 'Accepted in part', text };
  }

  /** @param {NoticeText} words */
  #show(words) {
    this.#title = words.title;
    if (this.#proposal.open.length === 0) return this.#notice.show(words);
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
      else this.#take();
    } catch (error) {
      this.#sayError(error);
    }
  }

  async #acceptAll() {
    // What somebody has written since is not to be replaced unseen.
    if (this.#proposal.isStale) return this.#review();
    try {
      await this.#proposal.acceptAll();
      this.#take();
    } catch (error) {
      this.#sayError(error);
    }
  }

  #take() {
    this.#isTaken = true;
    const words = this.#words;
    this.#show(words);
    this.#tell(words);
  }

  #discard() {
    this.#isTaken = false;
    const title = 'Discarded';
    const text = 'What was left is not taken.';
    this.#notice.show({ tone: 'plain', title, text });
    this.#tell({ title, text });
  }

  /** @param {Pick<NoticeText, 'title' | 'text'>} words */
  #tell({ title, text }) {
    this.#parts.onTold(`${title}. ${text}`);
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
