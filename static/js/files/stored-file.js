/** A file as a page has it, and what becomes of that where the server has another version. */

/** @import { ServerFile } from '../types.js' */

/**
 * `base` is what the server has of it (null: not known yet), `text` what was typed over that.
 * `theirs` is there while it was changed elsewhere and nobody has chosen yet.
 *
 * @typedef {object} StoredFile
 * @property {number} id
 * @property {string} path
 * @property {number} version
 * @property {string | null} base
 * @property {string | null} text
 * @property {boolean} isText
 * @property {string[]} sent texts on their way to the server, whose answer may be lost
 * @property {Version | null} theirs
 *
 * @typedef {object} Version
 * @property {number} version
 * @property {string | null} content in base64 where it is no text, null where it was deleted
 * @property {boolean} isText
 */

/** @type {Version} */
export const GONE = Object.freeze({ version: 0, content: null, isText: true });

/**
 * @param {Pick<ServerFile, 'id' | 'path'> & Partial<ServerFile>} known
 * @returns {StoredFile}
 */
export function storedFile({ id, path, version = 0, content = null, encoding = 'utf-8' }) {
  const isText = encoding === 'utf-8';
  return { id, path, version, base: content, text: null, isText, sent: [], theirs: null };
}

/**
 * @param {StoredFile | undefined} file
 * @returns {string | null} as it is on the screen; null while it is not known
 */
export function currentText(file) {
  return file ? (file.text ?? file.base) : null;
}

/**
 * @param {StoredFile} file
 * @returns {string | Uint8Array<ArrayBuffer> | null} as one would download it; null while it is not known
 */
export function currentContent(file) {
  const text = currentText(file);
  if (text === null || file.isText) return text;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * @param {ServerFile} known
 * @returns {Version}
 */
export function versionOf({ version, content, encoding }) {
  return { version, content, isText: encoding === 'utf-8' };
}

/**
 * The server has a version that may not be the one that was typed over: then it waits as `theirs`.
 *
 * @param {StoredFile} file
 * @param {Version} there
 * @param {number} over
 */
export function meet(file, there, over) {
  const { version, content, isText } = there;
  const isMine = version === over || (isText && [file.text, ...file.sent].includes(content));
  if (file.text !== null && !isMine) file.theirs = there;
  else accept(file, there);
}

/**
 * @param {StoredFile} file which stands over that version from here on
 * @param {Version} there
 */
export function accept(file, { version, content, isText }) {
  Object.assign(file, { version, base: content, isText, theirs: null });
  if (isText && file.text === content) file.text = null;
}

/** @param {StoredFile} file */
export function isUnsaved(file) {
  return file.text !== null && file.theirs === null;
}

/**
 * Whether another text can come up there: nothing is unsaved over what is known of it.
 *
 * @param {StoredFile | undefined} file undefined where it is gone
 */
export function isSettled(file) {
  return !file || (file.text === null && !file.theirs && file.base !== null);
}

/**
 * @param {string} path
 * @param {(path: string) => boolean} isTaken
 */
export function freePath(path, isTaken) {
  if (!isTaken(path)) return path;
  const dot = path.lastIndexOf('.');
  const end = dot > path.lastIndexOf('/') + 1 ? dot : path.length;
  for (let count = 1; ; count += 1) {
    const mine = count === 1 ? ' (mine)' : ` (mine ${count})`;
    const free = path.slice(0, end) + mine + path.slice(end);
    if (!isTaken(free)) return free;
  }
}
