/** What the panel says besides the answers. */

import { failureWords } from '../ui/failed-requests.js';
import { RefusedError } from '../ui/server.js';
import { megabytes } from '../ui/status-bar.js';

/** @import { AssistAction, AssistQuestion, AssistStep, NoticeText, Tone, Verdict } from '../types.js' */
/** @import { Lesson } from './hints.js' */

/** @type {Record<AssistAction, string>} */
export const ACTION_TITLES = {
  fix_error: 'Fix the error',
  explain_error: 'Explain the error',
  explain_code: 'Explain the code',
  optimize_code: 'Optimize the code',
};

/**
 * What the server would have no answer to.
 *
 * @param {AssistQuestion} question
 * @returns {string} why it is not asked; nothing where it can be
 */
export function lackWords({ action, code }) {
  if (code.trim() || action === 'explain_error') return '';
  const aim = { fix_error: 'fix', explain_code: 'explain', optimize_code: 'optimize' }[action];
  return `There is no code to ${aim} yet.`;
}

/** @type {Record<AssistStep, string>} */
const STEP_TITLES = { nudge: 'Give me a nudge', explain: 'Explain it', show: 'Show the fix' };

/**
 * @param {Lesson['action']} action
 * @param {AssistStep} step
 */
export function stepTitle(action, step) {
  if (action === 'optimize_code' && step === 'show') return 'Show the better code';
  return STEP_TITLES[step];
}

/**
 * Where one stands, and why there is no more yet.
 *
 * @param {Lesson | null} lesson
 */
export function hintWords(lesson) {
  if (!lesson) {
    return 'Hints come first here: a nudge, then the explanation, then the fix. They are about the error of a run.';
  }
  const isFix = lesson.action === 'fix_error';
  const [about, end] = isFix ? ['the error', 'the fix'] : ['how to optimize', 'the better code'];
  switch (lesson.open) {
    case 1:
      return `Hints come first here. Begin with a nudge about ${about}: the explanation comes after it, then ${end}.`;
    case 2:
      return `Try it with the nudge. You can ask for the explanation now; ${end} comes after it.`;
    default:
      return `Try it with the explanation. You can ask for ${end} now.`;
  }
}

/** @type {Record<Verdict['status'], { tone: Tone, title: string }>} */
const VERDICTS = {
  verified: { tone: 'good', title: 'Verified by running it' },
  unclear: { tone: 'warn', title: 'It ran, but look closely' },
  failed: { tone: 'bad', title: 'It failed when it was tried' },
  not_tried: { tone: 'plain', title: 'Not tried' },
};
const UNTRIED = { status: 'not_tried', message: 'Nobody has run this proposal yet.' };

/**
 * @param {Verdict | null} verdict null where proposals are not run
 * @returns {NoticeText}
 */
export function verdictWords(verdict) {
  const { status, message } = verdict ?? UNTRIED;
  const { tone, title } = VERDICTS[/** @type {Verdict['status']} */ (status)];
  return { tone, title, text: message };
}

/**
 * What an optimisation has changed: "Processor time 120 → 40 ms".
 *
 * @param {Verdict | null} verdict
 */
export function figureWords(verdict) {
  const { before, after } = verdict ?? {};
  if (!before || !after) return '';
  const time = figure('Processor time', before.cpu_ms, after.cpu_ms, (ms) => `${ms} ms`);
  const clock = figure('Time', before.duration_ms, after.duration_ms, (ms) => `${ms} ms`);
  const memory = figure('Memory', before.memory_bytes, after.memory_bytes, megabytes);
  return [time || clock, memory].filter(Boolean).join(' ');
}

/**
 * @param {string} name
 * @param {number | null} before
 * @param {number | null} after
 * @param {(value: number) => string} words
 */
function figure(name, before, after, words) {
  return before === null || after === null ? '' : `${name}: ${words(before)} → ${words(after)}.`;
}

/** Codes of refusals that do so themselves. */
const SAY_WHAT_TO_DO = new Set(['all_providers_failed', 'assistant_busy', 'no_provider']);

/**
 * @param {unknown} error
 * @returns {{ title: string, text?: string }}
 */
export function troubleWords(error) {
  const { title, text = '' } = failureWords(error);
  if (error instanceof RefusedError) {
    const saysWhatToDo = SAY_WHAT_TO_DO.has(error.body?.code);
    return { title: error.body?.title ?? title, text: saysWhatToDo ? error.message : text };
  }
  return {
    title: 'The connection broke off.',
    text: 'Your question is kept. Ask again when the network is back.',
  };
}
