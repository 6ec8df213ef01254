/** The entry of a worker: what Ruff finds in Python code, as `Finding`s. */

import initialize, { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-web';
import wasm from '@astral-sh/ruff-wasm-web/ruff_wasm_bg.wasm';
import { answerWith } from '../workers/answer.js';

/**
 * Lines and columns count from 1, columns in UTF-16 units.
 *
 * @typedef {{ row: number, column: number }} Spot
 * @typedef {object} Finding
 * @property {string | null} code of the rule; null for what Python itself would refuse
 * @property {string} message
 * @property {Spot} from
 * @property {Spot} to
 * @property {{ message: string, edits: { from: Spot, to: Spot, insert: string }[] } | null} fix
 */

/** What is wrong or surely not meant; style is what the formatter is for. */
const RULES = ['E9', 'F', 'PLE', 'B006'];
/** `import *` is how turtle, tkinter and math are taught. */
const ALLOWED = ['F403', 'F405'];
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
  return () => ruff.check(code).map(finding);
});

/**
 * @param {import('@astral-sh/ruff-wasm-web').Diagnostic} diagnostic
 * @returns {Finding}
 */
function finding({ code, message, start_location: from, end_location: to, fix }) {
  return {
    code,
    message,
    from,
    to,
    fix: fix && { message: fix.message ?? 'Mend it', edits: fix.edits.map(edit) },
  };
}

/** @param {NonNullable<import('@astral-sh/ruff-wasm-web').Diagnostic['fix']>['edits'][number]} edit */
function edit({ content, location: from, end_location: to }) {
  return { from, to, insert: content ?? '' };
}
