import { RefusedError, UnreachableError } from './server.js';

/** @import { Connection } from './connection.js' */
/** @import { Toasts, ToastText } from './toasts.js' */

const RELOAD = { label: 'Load the page again', act: () => location.reload() };
const LOG_IN = { label: 'Log in', href: '/accounts/login/' };

/**
 * What was wrong, by the status of the answer; `todo` is added to what the server says of it.
 *
 * @type {Record<number, Pick<ToastText, 'title' | 'actions'> & { todo: string }>}
 */
const WORDS = {
  401: { title: 'You are logged out.', todo: 'Log in, then try again.', actions: [LOG_IN] },
  403: {
    title: 'That is not allowed.',
    todo: 'You may have logged in or out in another tab.',
    actions: [RELOAD],
  },
  404: {
    title: 'That is not here any more.',
    todo: 'You may also have logged in or out in another tab.',
    actions: [RELOAD],
  },
  413: { title: 'That is too large.', todo: '' },
  429: { title: 'That was too often.', todo: '' },
};
const FAILED = { title: 'The server failed.', todo: 'Try again in a moment.' };
const REFUSED = { title: 'That was not accepted.', todo: '' };
const NOT_REACHED = 'That did not reach the server.';

/** Tells of requests that failed and whose failure has no place of its own on the page. */
export class FailedRequests {
  #toasts;
  #connection;

  /**
   * @param {Toasts} toasts
   * @param {Connection} connection
   */
  constructor(toasts, connection) {
    this.#toasts = toasts;
    this.#connection = connection;
    document.addEventListener('htmx:response:error', (event) => {
      const { response, text } = contextOf(event);
      const wait = response.headers.get('Retry-After');
      this.tell(new RefusedError(response.status, asJson(text), wait));
    });
    document.addEventListener('htmx:error', (event) => {
      const context = contextOf(event);
      if (context && !context.response) this.tell(new UnreachableError(NOT_REACHED));
    });
  }

  /** @param {unknown} error */
  tell = (error) => {
    this.#toasts.show('request', { tone: 'bad', ...failureWords(error) });
    if (isUnreachable(error)) this.#connection.look();
  };
}

/** Whether there is no server that could answer. @param {unknown} error */
export function isUnreachable(error) {
  if (error instanceof RefusedError) return error.status >= 502 && error.status <= 504;
  return error instanceof UnreachableError;
}

/**
 * What was wrong, and what to do.
 *
 * @param {unknown} error
 * @returns {Pick<ToastText, 'title' | 'text' | 'actions'>}
 */
export function failureWords(error) {
  if (!(error instanceof RefusedError)) {
    return { title: NOT_REACHED, text: 'Nothing may have come of it. Try again in a moment.' };
  }
  const { status, message, retryAfter } = error;
  const { title, todo, ...more } = WORDS[status] ?? (status >= 500 ? FAILED : REFUSED);
  const wait = retryAfter === null ? '' : `Try again in ${waitWords(retryAfter)}.`;
  const detail = message.replace(/ Try again in \d+ s\.$/, '');
  return { title, text: [detail, todo, wait].filter(Boolean).join(' '), ...more };
}

/** @param {number} seconds */
export function waitWords(seconds) {
  if (seconds < 100) return seconds === 1 ? 'a second' : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}

/**
 * @param {Event} event of htmx
 * @returns {any}
 */
function contextOf(event) {
  return /** @type {CustomEvent} */ (event).detail?.ctx;
}

/** @param {string} text */
function asJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
