/** What every page with scripts tells of troubles that have no place of their own on it. */

import { Connection } from './connection.js';
import { FailedRequests } from './failed-requests.js';
import { Toasts } from './toasts.js';

/** @import { ConnectionParts } from './connection.js' */

/** @param {Omit<ConnectionParts, 'toasts'>} parts */
export function watchTroubles(parts) {
  const toasts = new Toasts();
  const connection = new Connection({ toasts, ...parts });
  return { toasts, connection, failed: new FailedRequests(toasts, connection) };
}
