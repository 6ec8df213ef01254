/** What the page says of a run that waits, goes on or is refused: the state in a word or two, and why. */

/** @import { Frame, NoticeText, RunState, Tone } from '../types.js' */

/** @type {Record<RunState, { text: string, tone: Tone }>} */
const STATES = {
  idle: { text: 'Ready', tone: 'plain' },
  connecting: { text: 'Starting…', tone: 'busy' },
  queued: { text: 'Waiting for a free place', tone: 'busy' },
  starting: { text: 'Starting…', tone: 'busy' },
  installing: { text: 'Installing…', tone: 'busy' },
  running: { text: 'Running', tone: 'busy' },
  stopping: { text: 'Stopping…', tone: 'busy' },
  restarting: { text: 'Stopping, then running…', tone: 'busy' },
  reconnecting: { text: 'Connection lost, trying again…', tone: 'warn' },
  completed: { text: 'Exit 0', tone: 'good' },
  error: { text: 'Failed', tone: 'bad' },
  timeout: { text: 'Time limit reached', tone: 'bad' },
  stopped: { text: 'Stopped', tone: 'plain' },
  lost: { text: 'Run lost', tone: 'bad' },
  refused: { text: 'Not run', tone: 'bad' },
  unreachable: { text: 'No connection', tone: 'bad' },
};

/** The state of a run that failed for a `reason` which says more than its exit code. */
/** @type {Record<string, string>} */
const REASONS = {
  compile_error: 'Not compiled',
  memory_limit: 'Memory limit reached',
  output_limit: 'Output limit reached',
  process_limit: 'Process limit reached',
  disk_limit: 'Disk limit reached',
};

/** @type {Record<string, { title: string, text: string }>} */
const REFUSALS = {
  invalid_request: {
    title: 'The server could not take this run.',
    text: 'Change the program and run it again.',
  },
  too_large: {
    title: 'The program is too large.',
    text: 'Shorten it, or move large data out of the source.',
  },
  rate_limited: {
    title: 'Too many runs in a short time.',
    text: 'Wait a moment.',
  },
  queue_full: {
    title: 'The server is busy.',
    text: 'Too many runs are waiting. Your text is kept: try again in a moment.',
  },
  no_sandbox: {
    title: 'The program cannot run here now.',
    text: 'You can go on editing: your text is kept.',
  },
  not_authenticated: {
    title: 'Log in to run programs.',
    text: 'Your text is kept in this browser.',
  },
  forbidden: {
    title: 'You may not run programs here.',
    text: 'Reload the page. If that does not help, ask who runs the server.',
  },
  not_found: {
    title: 'The run is not there any more.',
    text: 'The server no longer has its output.',
  },
  lost: {
    title: 'The server lost the run.',
    text: 'This is not your program’s fault.',
  },
  sandbox_failed: {
    title: 'The sandbox failed.',
    text: 'This is not your program’s fault. If it stays so, tell who runs the server.',
  },
  shutting_down: {
    title: 'The server is restarting.',
    text: 'It should be back in a few seconds.',
  },
};

/** @type {{ title: string, text: string }} */
const UNKNOWN_REFUSAL = {
  title: 'The server could not run it.',
  text: 'If it stays so, tell who runs the server.',
};

/**
 * The state for the status bar.
 *
 * @param {RunState} state
 * @param {Frame} [frame]
 * @returns {{ text: string, tone: Tone }}
 */
export function stateWords(state, frame) {
  const known = STATES[state];
  if (state === 'queued' && frame?.position) {
    return { ...known, text: `Waiting, place ${frame.position} in the queue` };
  }
  if (state === 'installing' && frame?.packages?.length) {
    return { ...known, text: `Installing ${frame.packages.join(', ')}…` };
  }
  if (state !== 'error') return known;
  const reason = REASONS[frame?.reason ?? ''];
  if (reason) return { ...known, text: reason };
  if (typeof frame?.exit_code === 'number') return { ...known, text: `Exit ${frame.exit_code}` };
  return known;
}

/**
 * The place in the queue.
 *
 * @param {number} position counts from 1
 * @returns {NoticeText}
 */
export function queueNotice(position) {
  const first = position === 1;
  return {
    tone: 'busy',
    title: first ? 'Your program runs next.' : `Your program is number ${position} in the queue.`,
    text: 'It starts by itself as soon as a place is free.',
  };
}

/**
 * Why the server did not run it: our words by the stable code, then what the server says.
 *
 * @param {Frame} frame an `error` frame
 * @returns {NoticeText}
 */
export function refusalNotice(frame) {
  const { title, text } = pick(frame.code);
  const wait = frame.retry_after ? `Try again in ${frame.retry_after} s.` : text;
  const fields = frame.errors?.map((error) => error.message) ?? [];
  const said = [frame.content, ...fields].filter(Boolean).join(' ');
  return { tone: 'bad', title, text: `${said ? `${sentence(said)} ` : ''}${wait}` };
}

/** @param {string | undefined} code */
function pick(code) {
  return REFUSALS[code ?? ''] ?? UNKNOWN_REFUSAL;
}

/** @param {string} text */
function sentence(text) {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/**
 * No run came about, or a going one could not be reached again.
 *
 * @param {'unreachable' | 'lost'} state
 * @param {boolean} serverAnswers
 * @returns {NoticeText}
 */
export function unreachableNotice(state, serverAnswers) {
  if (state === 'lost') {
    return {
      tone: 'bad',
      title: 'The connection to the run was lost.',
      text: 'It could not be taken up again in time, so the run was stopped. Your text is kept.',
    };
  }
  if (serverAnswers) {
    return {
      tone: 'bad',
      title: 'The server answers, but not to runs.',
      text: 'Reload the page; your text is kept. If a proxy is in between, it must let WebSockets through.',
    };
  }
  return {
    tone: 'bad',
    title: 'The server cannot be reached.',
    text: 'Your text is kept in this browser. Check the connection, then run it again.',
  };
}
