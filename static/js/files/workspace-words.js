/** What is said of files that are saved, or not, or twice. */

/** @import { SaveDetails, SaveState } from './file-saver.js' */
/** @import { StoredFile } from './stored-file.js' */
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
 * @param {Record<'mine' | 'theirs' | 'both' | 'merge' | 'copy', () => void>} choice
 * @returns {NoticeText}
 */
export function conflictNotice({ path, theirs }, choice) {
  const tone = 'warn';
  if (theirs?.content === null) {
    return {
      tone,
      title: `${path} was deleted elsewhere.`,
      text: 'It was deleted or replaced while you changed it here. Your text is in this browser only.',
      actions: [
        { label: 'Save as a file again', first: true, act: choice.mine },
        { label: 'Copy my text', act: choice.copy },
        { label: 'Discard my text', act: choice.theirs },
      ],
    };
  }
  if (!theirs?.isText) {
    return {
      tone,
      title: `${path} was replaced elsewhere, by a file that is no text.`,
      text: 'The two cannot be compared. Keep both to save your text as a file beside it.',
      actions: [
        { label: 'Keep both', first: true, act: choice.both },
        { label: 'Keep mine', act: choice.mine },
        { label: 'Take theirs', act: choice.theirs },
      ],
    };
  }
  return {
    tone,
    title: `${path} was changed elsewhere.`,
    text: 'Another tab or device saved it while you changed it here. If you take theirs, Undo brings yours back.',
    actions: [
      { label: 'Keep mine', first: true, act: choice.mine },
      { label: 'Compare and merge', act: choice.merge },
      { label: 'Take theirs', act: choice.theirs },
    ],
  };
}
