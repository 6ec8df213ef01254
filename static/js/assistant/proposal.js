/** Files as the assistant would have them, until each change is accepted or rejected. */

/** @import { AssistAnswer, AssistQuestion } from '../types.js' */

/**
 * A file that a proposal names; the entry, which Run starts with, may have another name here.
 *
 * @typedef {{ name: string, isEntry: boolean, language: string }} Target
 *
 * @typedef {object} Project where proposals go
 * @property {(target: Target) => string | null} textOf as it is on the screen; null for a new file
 * @property {(target: Target) => boolean} canWrite
 * @property {(target: Target, text: string) => void | Promise<void>} write as one step of Undo
 *
 * `proposed` was made from `before`, `text` is it without what was rejected; `known` are `before`
 * and what came of each choice, to which Undo goes back.
 * @typedef {object} ProposedFile
 * @property {Target} target
 * @property {string} proposed
 * @property {string} text
 * @property {string | null} before
 * @property {Set<string | null>} known
 */

export class Proposal {
  #project;

  /**
   * @param {AssistAnswer} answer
   * @param {AssistQuestion} question
   * @param {Project} project
   */
  constructor(answer, question, project) {
    this.#project = project;
    const files = answer.files.map(({ name, content }) => {
      const beside = question.files?.find((file) => file.name === name);
      const isEntry = !beside && content === answer.code;
      const before = isEntry ? question.code : (beside?.content ?? null);
      const target = { name, isEntry, language: question.language };
      return { target, proposed: content, text: content, before, known: new Set([before]) };
    });
    this.files = files.filter(({ target }) => project.canWrite(target));
    /** What there is no place for. */
    this.leftOut = files
      .filter(({ target }) => !project.canWrite(target))
      .map(({ target }) => target.name);
  }

  get names() {
    return this.files.map(({ target }) => target.name).join(', ');
  }

  /** Whether somebody has written since the question was asked. */
  get isStale() {
    return this.files.some(({ target, known }) => !known.has(this.#project.textOf(target)));
  }

  /** Whether nothing is accepted, or all of that undone. */
  get isUntaken() {
    return this.files.every(({ target, before }) => this.#project.textOf(target) === before);
  }

  /** Whether nothing of it is rejected. */
  get isWhole() {
    return this.files.every(({ text, proposed }) => text === proposed);
  }

  /** Those of which something is yet to be chosen. */
  get open() {
    return this.files.filter((file) => linesOf(this.present(file)) !== linesOf(file.text));
  }

  /** @param {ProposedFile} file */
  present(file) {
    return this.#project.textOf(file.target) ?? '';
  }

  /**
   * @param {ProposedFile} file
   * @param {string} [text] with the changes that were accepted
   */
  async accept(file, text = file.text) {
    const present = this.present(file);
    const written = present.includes('\r\n') ? linesOf(text).replaceAll('\n', '\r\n') : text;
    file.known.add(written);
    await this.#project.write(file.target, written);
  }

  async acceptAll() {
    for (const file of this.open) await this.accept(file);
  }
}

/** @param {string} text */
function linesOf(text) {
  return text.replaceAll(/\r\n?/g, '\n');
}
