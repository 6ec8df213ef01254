/** What every page with scripts tells of what has no place of its own on it, troubles above all. */

import { Connection } from './connection.js';
import { FailedRequests } from './failed-requests.js';
import { Toasts } from './toasts.js';

/** @import { ConnectionParts } from './connection.js' */
/** @import { ToastText } from './toasts.js' */

/**
 * @param {Omit<ConnectionParts, 'toasts'>} parts
 * @param {ToastText[]} messages to be told at once
 */
export function watchTroubles(parts, messages = []) {
  const toasts = new Toasts();
  for (const message of messages) toasts.show(message.title, message);
  const connection = new Connection({ toasts, ...parts });
  return { toasts, connection, failed: new FailedRequests(toasts, connection) };
}
