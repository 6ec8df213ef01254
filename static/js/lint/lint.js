/** Problems as one types, where a linter knows the language: Python, by Ruff in a worker. */

import { linter, lintGutter } from '@codemirror/lint';
import { EditorView } from '@codemirror/view';
import { find } from '../ui/dom.js';
import { WorkerClient } from '../workers/worker-client.js';
import { lintTheme } from './lint-theme.js';
import { wantsLint } from './wants-lint.js';

/** @import { Diagnostic } from '@codemirror/lint' */
/** @import { Extension, Text } from '@codemirror/state' */
/** @import { Finding, Spot } from './lint-worker.js' */

const AFTER_MS = 500;
/** To begin takes all processors for a second: that waits until somebody rests. */
const BEGINS_AFTER_MS = 2000;
const WITHIN_MS = 5000;
const LONGEST = 500_000; // characters

/** @type {WorkerClient | undefined} one for all files */
let ruff;

/**
 * The linter is large: who only looks at a file, or counts their bytes, does not load it.
 *
 * @returns {Extension}
 */
export function pythonLint() {
  let isTyped = false;
  return [
    EditorView.updateListener.of((update) => {
      isTyped ||= update.docChanged;
    }),
    linter((view) => (isTyped && view.state.facet(wantsLint) && !savesData() ? check(view) : []), {
      delay: AFTER_MS,
      needsRefresh: ({ startState, state }) =>
        startState.facet(wantsLint) !== state.facet(wantsLint),
    }),
    lintGutter(),
    lintTheme,
  ];
}

function savesData() {
  const { connection } = /** @type {{ connection?: { saveData: boolean } }} */ (navigator);
  return connection?.saveData ?? false;
}

/**
 * @param {EditorView} view
 * @returns {Promise<Diagnostic[]>} none where the linter does not answer
 */
async function check(view) {
  const { doc } = view.state;
  if (doc.length > LONGEST) return [];
  if (!ruff) await new Promise((rested) => setTimeout(rested, BEGINS_AFTER_MS - AFTER_MS));
  if (view.state.doc !== doc) return []; // typed on meanwhile: the next pause asks again
  ruff ??= new WorkerClient(find('editor').dataset.lintWorker ?? '', WITHIN_MS);
  try {
    const findings = await ruff.ask(doc.toString());
    return findings.map((/** @type {Finding} */ finding) => diagnostic(finding, doc));
  } catch {
    return [];
  }
}

/**
 * @param {Finding} finding
 * @param {Text} doc that it is of
 * @returns {Diagnostic}
 */
function diagnostic({ isError, message, from, to, fix }, doc) {
  return {
    ...range(at(from, doc), at(to, doc), doc),
    message,
    severity: isError ? 'error' : 'warning',
    actions: fix ? [action(fix, doc)] : [],
  };
}

/**
 * What is missing, say at the end of a line, has nothing to mark: then it is the character before.
 *
 * @param {number} from
 * @param {number} to
 * @param {Text} doc
 */
function range(from, to, doc) {
  const line = doc.lineAt(from);
  const isSeen = from < to && from < line.to;
  return { from: isSeen ? from : Math.max(from - 1, line.from), to };
}

/**
 * @param {NonNullable<Finding['fix']>} fix
 * @param {Text} doc
 * @returns {import('@codemirror/lint').Action}
 */
function action({ message, edits }, doc) {
  return {
    name: message,
    apply: (view) => {
      if (view.state.doc !== doc) return; // typed on meanwhile: the next check offers it again
      const changes = edits.map(({ from, to, insert }) => {
        return { from: at(from, doc), to: at(to, doc), insert };
      });
      view.dispatch({ changes, userEvent: 'input.fix' });
    },
  };
}

/**
 * @param {Spot} spot
 * @param {Text} doc
 */
function at({ row, column }, doc) {
  if (row > doc.lines) return doc.length;
  const line = doc.line(row);
  return Math.min(line.from + column - 1, line.to);
}
