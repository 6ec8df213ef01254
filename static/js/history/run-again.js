/** Running a past run's program once more: as it was, whatever the files are by now. */

import { ask } from '../ui/server.js';

/** @import { RunRequest } from '../types.js' */

const WANTED = 'again';

/**
 * The run that the address asks to run again, once: a reload does not ask a second time.
 *
 * @returns {string | null}
 */
export function takeWantedRun() {
  const address = new URL(location.href);
  const wanted = address.searchParams.get(WANTED);
  if (wanted === null) return null;
  address.searchParams.delete(WANTED);
  history.replaceState(history.state, '', address);
  return wanted;
}

/**
 * @param {string} runId
 * @param {string} workspace
 * @returns {Promise<RunRequest>}
 */
export async function requestOfRun(runId, workspace) {
  const run = await ask('GET', `/api/runs/${encodeURIComponent(runId)}`);
  const { language, code, stdin, args, files } = run;
  return { language, code, stdin, args, files, workspace, interactive: false };
}
