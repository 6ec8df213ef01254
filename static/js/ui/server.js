/** Calls of the site's own pages to its server. */

/**
 * The server said no; `status` and `body` are those of its problem+json, `retryAfter` the seconds
 * after which it is worth trying again, where it says so.
 */
export class RefusedError extends Error {
  /**
   * @param {number} status
   * @param {any} body
   * @param {string | null} [retryAfter] the header
   */
  constructor(status, body, retryAfter = null) {
    super(typeof body?.detail === 'string' ? body.detail : `The server answered ${status}.`);
    this.status = status;
    this.body = body;
    this.retryAfter = Number(retryAfter) || null;
  }
}

/** There was no answer. */
export class UnreachableError extends Error {}

const TIMEOUT_MS = 30_000;
const PROBE_MS = 3000;

/**
 * @param {'GET' | 'POST' | 'PUT'} method
 * @param {string} path
 * @param {object | FormData} [content] sent as JSON, unless it is a form
 * @returns {Promise<any>} the JSON of the answer
 * @throws {RefusedError | UnreachableError}
 */
export async function ask(method, path, content) {
  const isForm = content instanceof FormData;
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json', 'X-CSRFToken': csrfToken() };
  if (content && !isForm) headers['Content-Type'] = 'application/json';
  const body = isForm ? content : content && JSON.stringify(content);
  const answer = await reach(path, { method, headers, body: body ?? null });
  const read = await answer.json().catch(() => null);
  if (!answer.ok) throw new RefusedError(answer.status, read, answer.headers.get('Retry-After'));
  return read;
}

/**
 * @param {string} path
 * @param {object} content sent as JSON
 * @param {AbortSignal} signal
 * @returns {Promise<ReadableStream<Uint8Array>>} the answer, as server-sent events
 * @throws {RefusedError | UnreachableError}
 */
export async function askStream(path, content, signal) {
  const headers = {
    Accept: 'text/event-stream',
    'Content-Type': 'application/json',
    'X-CSRFToken': csrfToken(),
  };
  const answer = await reach(
    path,
    { method: 'POST', headers, body: JSON.stringify(content) },
    signal,
  );
  if (answer.ok && answer.body) return answer.body;
  const read = await answer.json().catch(() => null);
  throw new RefusedError(answer.status, read, answer.headers.get('Retry-After'));
}

/** Whether the server can be reached at all, and is not about to go. */
export async function serverAnswers() {
  try {
    const signal = AbortSignal.timeout(PROBE_MS);
    return (await fetch('/health', { cache: 'no-store', signal })).ok;
  } catch {
    return false;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} request
 * @param {AbortSignal} [signal]
 */
async function reach(path, request, signal = AbortSignal.timeout(TIMEOUT_MS)) {
  try {
    return await fetch(path, { ...request, signal });
  } catch (error) {
    throw new UnreachableError('The server cannot be reached.', { cause: error });
  }
}

/** It changes at a login, so it is read anew each time. */
export function csrfToken() {
  const cookie = document.cookie.split('; ').find((one) => one.startsWith('csrftoken='));
  return cookie?.slice('csrftoken='.length) ?? '';
}
