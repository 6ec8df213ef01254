/** What is said of files that are saved, or not, or twice. */

/** @import { SaveDetails, SaveState, StoredFile } from './file-store.js' */
/** @import { NoticeText } from '../types.js' */

/** @type {Record<SaveState, { text: string, tone: '' | 'warn' | 'bad' }>} */
const SAVE_WORDS = {
  saved: { text: 'Saved', tone: '' },
  saving: { text: 'Saving…', tone: '' },
  offline: { text: 'Offline, kept in this browser', tone: 'warn' },
  failing: { text: 'Not saved yet, kept in this browser', tone: 'warn' },
  locked: { text: 'Not saved, kept in this browser', tone: 'bad' },
  conflict: { text: 'Changed elsewhere', tone: 'warn' },
  refused: { text: 'Not saved', tone: 'bad' },
};

const SERVER_AWAY = 'Server away, kept in this browser';

/**
 * Beside the workspace's name: what is said of all files, and more of it.
 *
 * @param {SaveState} state
 * @param {SaveDetails} details
 */
export function saveWords(state, { problem, isKept }) {
  const isSafe = isKept || state === 'saved' || state === 'saving';
  const words = { ...SAVE_WORDS[isSafe ? state : 'refused'] };
  if (isSafe && state === 'offline' && navigator.onLine) words.text = SERVER_AWAY;
  return { ...words, title: problem?.message ?? 'Your files are kept on the server' };
}

/**
 * @param {StoredFile} file with `theirs`
 * @param {{ mine: () => void, theirs: () => void, merge: () => void }} choice
 * @returns {NoticeText}
 */
export function conflictNotice({ path, theirs }, choice) {
  const isGone = theirs?.content === null;
  return {
    tone: 'warn',
    title: isGone ? `${path} was deleted elsewhere.` : `${path} was changed elsewhere.`,
    text: isGone
      ? 'Another tab or device deleted it while you changed it here.'
      : 'Another tab or device saved it while you changed it here. If you take theirs, Undo brings yours back.',
    actions: [
      { label: 'Keep mine', first: true, act: choice.mine },
      ...(isGone ? [] : [{ label: 'Compare and merge', act: choice.merge }]),
      { label: isGone ? 'Delete it here too' : 'Take theirs', act: choice.theirs },
    ],
  };
}
