/** What the assistant is asked: the program, and what is known of its run. */

import { typedLines } from './typed-lines.js';

/** @import { AssistAction, AssistQuestion, Frame, RunRequest } from '../types.js' */

/**
 * A program with what it is given.
 *
 * @typedef {Pick<RunRequest, 'language' | 'code' | 'files' | 'stdin' | 'args' | 'install_packages'>} Program
 *
 * @typedef {object} Failure
 * @property {Frame} frame the last one
 * @property {string} printed
 * @property {string} typed the keys that the program was given
 */

/** The server cuts what it shows the model; this is for the way there. */
const MOST_PRINTED = 20_000;

/**
 * @param {AssistAction} action
 * @param {Program} program
 * @param {string} [text] in one's own words
 * @returns {AssistQuestion}
 */
export function questionAbout(action, program, text) {
  const { language, code, files = [], stdin, args = [], install_packages = [] } = program;
  return {
    action,
    language,
    code,
    files,
    args,
    install_packages,
    ...(stdin && { stdin }),
    ...(text && { question: text }),
  };
}

/**
 * @param {AssistAction} action
 * @param {Program} program as it was in the run
 * @param {Failure} failure
 * @returns {AssistQuestion}
 */
export function questionAboutFailure(action, program, { frame, printed, typed }) {
  const stdin = program.stdin || typedLines(typed);
  return {
    ...questionAbout(action, { ...program, stdin }),
    error: [printed.slice(-MOST_PRINTED), frame.explanation ?? frame.content].join('\n'),
    line: frame.line ?? null,
  };
}
