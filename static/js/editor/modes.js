/** CodeMirror's languages by file extension, each a chunk of its own that loads when first needed. */

import { completions } from './completions.js';
import { CPP, JAVA, PYTHON, SHELL } from './snippets.js';

/** @typedef {import('@codemirror/state').Extension} Extension */

const shell = async () => {
  const [{ StreamLanguage }, { shell: mode }] = await Promise.all([
    import('@codemirror/language'),
    import('@codemirror/legacy-modes/mode/shell'),
  ]);
  return [StreamLanguage.define(mode), completions(SHELL)];
};

const python = async () => {
  const [{ python: mode }, { pythonLint }] = await Promise.all([
    import('@codemirror/lang-python'),
    import('../lint/lint.js'),
  ]);
  return [mode(), completions(PYTHON), pythonLint()];
};

const script = async () => {
  const { javascript } = await import('@codemirror/lang-javascript');
  return [javascript(), completions({})];
};

const json = async () => (await import('@codemirror/lang-javascript')).javascript();

const java = async () => [(await import('@codemirror/lang-java')).java(), completions(JAVA)];

const cpp = async () => [(await import('@codemirror/lang-cpp')).cpp(), completions(CPP)];

/** @type {Record<string, { load: () => Promise<Extension>, indent: number }>} */
const MODES = {
  py: { load: python, indent: 4 },
  js: { load: script, indent: 2 },
  mjs: { load: script, indent: 2 },
  java: { load: java, indent: 4 },
  c: { load: cpp, indent: 4 },
  cpp: { load: cpp, indent: 4 },
  h: { load: cpp, indent: 4 },
  hpp: { load: cpp, indent: 4 },
  css: { load: async () => (await import('@codemirror/lang-css')).css(), indent: 2 },
  html: { load: async () => (await import('@codemirror/lang-html')).html(), indent: 2 },
  json: { load: json, indent: 2 },
  sh: { load: shell, indent: 2 },
};

/** @param {string} fileName */
function modeOf(fileName) {
  return MODES[fileName.slice(fileName.lastIndexOf('.') + 1)];
}

/**
 * Plain text, an empty extension, for a file that none of them knows, or while the network is gone.
 *
 * @param {string} fileName
 * @returns {Promise<Extension>}
 */
export async function loadMode(fileName) {
  try {
    return (await modeOf(fileName)?.load()) ?? [];
  } catch {
    return [];
  }
}

/**
 * @param {string} fileName
 * @returns {number} spaces to one step of indentation
 */
export function indentOf(fileName) {
  return modeOf(fileName)?.indent ?? 4;
}
