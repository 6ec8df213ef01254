/** Monaco alone, with all that its editor can do, and Python as its only language. */

import { editor } from 'monaco-editor/editor/editor.api.js';
import 'monaco-editor/features/register.all.js';
import 'monaco-editor/languages/definitions/python/register.js';

self.MonacoEnvironment = {
  getWorker: () => new Worker('/worker.js', { type: 'module' }),
};
const host = document.querySelector('main');
const value = document.querySelector('template').content.textContent;
editor.create(host, { value, language: 'python', automaticLayout: true }).focus();
