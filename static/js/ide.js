/** The page's entry: makes the parts and tells them of each other. */

import { nonceForNewStyles, pageNonce } from './csp-nonce.js';
import { CurrentRun } from './current-run.js';
import { find, jsonScript } from './dom.js';
import { Drafts } from './drafts.js';
import { Editor } from './editor.js';
import { InputLine } from './input-line.js';
import { LanguagePicker } from './language-picker.js';
import { indentOf } from './modes.js';
import { isNarrow, Panes } from './panes.js';
import { Preview } from './preview.js';
import { RunView, wireRunControls } from './run-view.js';
import { wireSplitter } from './splitter.js';
import { StatusBar } from './status-bar.js';
import { recall, remember } from './storage.js';
import { Terminal } from './terminal.js';
import { wireTheme } from './theme.js';

/** @import { Language, PageData } from './types.js' */

const { languages, templates, runner } = /** @type {PageData} */ (jsonScript('page-data'));
const nonce = pageNonce();
nonceForNewStyles(nonce);

const status = new StatusBar();
const preview = new Preview();
const saved = find('saved');
const drafts = new Drafts(templates, (kept) => {
  saved.textContent = kept ? 'Saved' : 'Not saved';
  saved.dataset.tone = kept ? '' : 'bad';
  showOtherDraft();
});
const editor = new Editor(find('editor'), nonce, {
  onChange: (text) => {
    saved.textContent = 'Saving…';
    drafts.keep(language.id, text);
  },
  onCursor: (line, column) => status.cursor(line, column),
});
const terminal = new Terminal(find('terminal'), {
  onPlace: (line) => goToLine(run.language, line),
  onType: () => input.focus(),
});
const input = new InputLine({
  onInput: (data) => run.sendInput(data),
  onEnd: () => run.endInput(),
  onInterrupt: () => run.stop(),
});
const panes = new Panes((pane) => {
  if (pane === 'code') editor.measure();
});
const view = new RunView({
  terminal,
  input,
  preview,
  panes,
  status,
  runner,
  runAgain: start,
  goToLine,
  markErrorLine: (id, line) => id === language.id && editor.markErrorLine(line),
});
const run = new CurrentRun({
  onBegin: (id) => view.begin(languageOf(id)),
  onState: (state, frame) => view.state(state, frame),
  onText: (stream, text) => view.text(stream, text),
  onEvent: (frame) => view.event(frame),
});
view.current = run;
const picker = new LanguagePicker(languages, (id) => {
  choose(languageOf(id));
  editor.focus();
});

let language = languageOf(recall('session', 'language') ?? recall('local', 'language') ?? '');
choose(language);
wireTheme(find('theme-toggle'), () => terminal.repaint());
wireSplitter();
wireRunControls(start, () => run.stop());
find('reset').addEventListener('click', () => editor.replaceText(drafts.template(language.id)));
find('other-draft').addEventListener('click', () => {
  editor.replaceText(drafts.takeOther(language.id));
});
find('clear').addEventListener('click', () => {
  if (run.isActive) return terminal.clear(languageOf(run.language).file);
  run.forget();
  view.clear();
});
if (!run.resume() && !isNarrow()) editor.focus();

/**
 * @param {string} id
 * @returns {Language} the first one where there is no such
 */
function languageOf(id) {
  const first = languages.find((one) => one.available) ?? languages[0];
  return /** @type {Language} */ (languages.find((one) => one.id === id) ?? first);
}

/** @param {Language} chosen */
function choose(chosen) {
  drafts.flush();
  language = chosen;
  remember('session', 'language', chosen.id);
  remember('local', 'language', chosen.id);
  picker.show(chosen.id);
  find('file-name').textContent = chosen.file;
  status.language(indentOf(chosen.file), chosen.image && runner.name ? chosen.network : null);
  editor.open(chosen.id, chosen.file, drafts.text(chosen.id));
  showOtherDraft();
  if (!run.isActive) showAvailability(chosen);
}

/** @param {Language} chosen */
function showAvailability(chosen) {
  view.notice.clear();
  if (chosen.available) return;
  view.notice.show({
    tone: 'warn',
    title: `${chosen.name} cannot run here.`,
    text: `${chosen.reason ?? ''} You can write and keep ${chosen.name} programs all the same.`,
  });
}

function showOtherDraft() {
  find('other-draft').hidden = drafts.other(language.id) === null;
}

/** @param {string[]} [packages] */
function start(packages) {
  drafts.flush();
  editor.markErrorLine(null);
  const isPage = language.file.endsWith('.html');
  if (!isPage) panes.show('terminal');
  run.start({
    language: language.id,
    code: editor.text,
    interactive: !isPage,
    ...(Array.isArray(packages) && { install_packages: packages }),
  });
}

/**
 * @param {string} id
 * @param {number} line
 */
function goToLine(id, line) {
  if (id !== language.id) choose(languageOf(id));
  panes.show('code');
  editor.goToLine(line);
}
