/** What is said of files that are saved, or not, or twice. */

/** @import { SaveState, StoredFile } from './file-store.js' */
/** @import { NoticeText } from '../types.js' */

/** @type {Record<SaveState, { text: string, tone: '' | 'warn' | 'bad' }>} */
const SAVE_WORDS = {
  saved: { text: 'Saved', tone: '' },
  saving: { text: 'Saving…', tone: '' },
  offline: { text: 'Offline, kept in this browser', tone: 'warn' },
  conflict: { text: 'Changed elsewhere', tone: 'warn' },
  refused: { text: 'Not saved', tone: 'bad' },
};

/** @param {SaveState} state */
export function saveWords(state) {
  return SAVE_WORDS[state];
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
