/** Each language's own formatter, a chunk of its own that loads when first used, in a worker. */

/**
 * @typedef {object} Formatter
 * @property {(text: string, fileName: string, indent: number) => string | Promise<string>} format
 *   throws where the text cannot be read, and says where
 */

/** @typedef {{ text: string, fileName: string, indent: number }} Unformatted */

const prettier = () => import('./prettier.js');
const clang = () => import('./clang.js');

/** @type {Record<string, () => Promise<Formatter>>} */
const FORMATTERS = {
  py: () => import('./python.js'),
  sh: () => import('./shell.js'),
  js: prettier,
  mjs: prettier,
  json: prettier,
  css: prettier,
  html: prettier,
  md: prettier,
  java: clang,
  cpp: clang,
  c: clang,
  h: clang,
  hpp: clang,
};

/**
 * @param {string} fileName
 * @returns {(() => Promise<Formatter>) | undefined} undefined where nothing formats such a file
 */
export function formatterOf(fileName) {
  return FORMATTERS[fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase()];
}
