/** What the page says of a program that ended badly: the server's explanation, and what to try. */

/** @import { Frame, NoticeText, RunState } from '../types.js' */

/** @type {Record<string, string>} */
const ADVICE = {
  time_limit: 'Look for a loop that never ends. Where it asks something, answer in time.',
  memory_limit: 'Try smaller data, or keep less of it at once.',
  output_limit: 'Print less, or only what you need to see.',
  process_limit: 'Start fewer at once, and wait for those that you start.',
  disk_limit: 'Write less, or delete files that are no longer needed.',
};

/**
 * @param {RunState} state
 * @param {Frame} frame a `complete` frame
 * @returns {NoticeText | null} null where there is nothing to say
 */
export function endingNotice(state, frame) {
  const isNews = state === 'error' || state === 'timeout' || frame.reason === 'deactivated';
  if (!isNews) return null;
  const { title, text } = splitSentence(frame.explanation || frame.content);
  const advice = ADVICE[frame.reason ?? ''] ?? '';
  return { tone: 'bad', title, text: [text, advice].filter(Boolean).join(' ') };
}

/**
 * The first sentence is what the eye falls on.
 *
 * @param {string} text
 * @returns {{ title: string, text: string }}
 */
function splitSentence(text) {
  const end = text.search(/[.!?]\s+[A-Z]/) + 1;
  if (end === 0) return { title: text, text: '' };
  return { title: text.slice(0, end), text: text.slice(end).trim() };
}

/**
 * @param {Frame} frame a `dependency` frame
 * @returns {NoticeText}
 */
export function dependencyNotice({ content, module, package_name: name }) {
  const origin = name === module ? '' : `It comes with the package ${name}. `;
  return {
    tone: 'warn',
    title: content || `The module ${module} is not installed.`,
    text: `${origin}Once installed, it is there for all your next runs here.`,
  };
}

/**
 * @param {Frame} frame an `install_error` frame
 * @returns {NoticeText}
 */
export function installErrorNotice({ content, explanation, packages = [] }) {
  const what = packages.length === 1 ? packages[0] : 'The packages';
  return { tone: 'bad', title: `${what} could not be installed.`, text: explanation ?? content };
}
