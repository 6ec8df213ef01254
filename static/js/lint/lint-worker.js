/** The entry of a worker: what Ruff finds in Python code, as `Finding`s. */

import initialize, { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-web';
import wasm from '@astral-sh/ruff-wasm-web/ruff_wasm_bg.wasm';
import { answerWith } from '../workers/answer.js';

/**
 * Lines and columns count from 1, columns in UTF-16 units.
 *
 * @typedef {{ row: number, column: number }} Spot
 * @typedef {object} Finding
 * @property {boolean} isError the program cannot work so
 * @property {string} message
 * @property {Spot} from
 * @property {Spot} to
 * @property {{ message: string, edits: { from: Spot, to: Spot, insert: string }[] } | null} fix
 */

/** What is wrong or surely not meant; style is what the formatter is for. */
const RULES = ['E9', 'F', 'PLE', 'B006'];
/** `import *` is how turtle, tkinter and math are taught. */
const ALLOWED = ['F403', 'F405'];
const ERRORS = /^(F7|F82|E9|PLE|invalid-syntax$)/;
/** More than anybody mends before the next check; thousands would hold up the editor. */
const MOST = 200;
const PYTHON = 'py311'; // of the image that the programs run in

const ready = initialize({ module_or_path: new URL(wasm, import.meta.url) }).then(
  () =>
    new Workspace(
      { 'target-version': PYTHON, lint: { select: RULES, ignore: ALLOWED } },
      PositionEncoding.Utf16,
    ),
);

answerWith(async (/** @type {string} */ code) => {
  const ruff = await ready;
  return () => worst(ruff.check(code)).map(finding);
});

/** @typedef {import('@astral-sh/ruff-wasm-web').Diagnostic} Diagnostic */

/** Errors first. @param {Diagnostic[]} all */
function worst(all) {
  if (all.length <= MOST) return all;
  return all.toSorted((a, b) => Number(isError(b)) - Number(isError(a))).slice(0, MOST);
}

/** What Python itself would refuse has no code. @param {Diagnostic} diagnostic */
function isError({ code }) {
  return ERRORS.test(code ?? 'invalid-syntax');
}

/**
 * @param {Diagnostic} diagnostic
 * @returns {Finding}
 */
function finding(diagnostic) {
  const { message, start_location: from, end_location: to, fix } = diagnostic;
  return {
    isError: isError(diagnostic),
    message,
    from,
    to,
    fix: fix && { message: fix.message ?? 'Mend it', edits: fix.edits.map(edit) },
  };
}

/** @param {NonNullable<Diagnostic['fix']>['edits'][number]} edit */
function edit({ content, location: from, end_location: to }) {
  return { from, to, insert: content ?? '' };
}
