/** The entry of the scratchpad: one program in each language, kept in this browser. */

import { assistantCommands } from './assistant/assistant-commands.js';
import { editorCommands } from './commands/editor-commands.js';
import { formatCommand } from './commands/format-command.js';
import { ofButton, partCommands, placeCommands, runCommands } from './commands/page-commands.js';
import { wireCommands } from './commands/wire.js';
import { Drafts } from './editor/drafts.js';
import { Editor } from './editor/editor.js';
import { leastChange } from './editor/least-change.js';
import { indentOf } from './editor/modes.js';
import { SettingsStore } from './editor/settings.js';
import { wireSettings } from './editor/wire-settings.js';
import { openAsWorkspace } from './files/new-workspace.js';
import { loadWorkbench } from './load-workbench.js';
import { ImageWatch } from './run/image-watch.js';
import { nonceForNewStyles, pageNonce, setSpanStylesAsProperties } from './ui/csp.js';
import { find, findAll, jsonScript } from './ui/dom.js';
import { LanguagePicker } from './ui/language-picker.js';
import { Languages } from './ui/languages.js';
import { isNarrow } from './ui/panes.js';
import { makeShell } from './ui/shell.js';
import { StatusBar } from './ui/status-bar.js';
import { recall, remember } from './ui/storage.js';
import { watchTroubles } from './ui/troubles.js';

/** @import { Command } from './commands/commands.js' */
/** @import { ToastText } from './ui/toasts.js' */
/** @import { Language, PageData, Place } from './types.js' */
/** @import { Workbench } from './workbench.js' */

const page = /** @type {PageData} */ (jsonScript('page-data'));
const nonce = pageNonce();
nonceForNewStyles(nonce);
setSpanStylesAsProperties();

const languages = new Languages(page.languages);
const status = new StatusBar();
const saved = find('saved');
/** What runs programs: there once the text can be written. @type {Workbench | undefined} */
let workbench;
const { toasts, connection, failed } = watchTroubles(
  {
    kept: () => 'Your text is kept in this browser.',
    onBack: async () => {
      workbench?.view.backOnline();
      return '';
    },
  },
  page.messages,
);
/** @type {ToastText} */
const UNKEPT = {
  tone: 'bad',
  lasts: true,
  title: 'This text is nowhere but on this page.',
  text: 'It is too long for this browser’s storage, or that is full or forbidden. Copy it, or put it into a workspace.',
};
const drafts = new Drafts(page.templates, (kept) => {
  saved.textContent = kept ? 'Saved' : 'Not saved';
  saved.dataset.tone = kept ? '' : 'bad';
  if (kept) toasts.end('unkept');
  else toasts.show('unkept', UNKEPT);
  showOtherDraft();
});
const settings = new SettingsStore(page.settings, page.isUser, failed.tell);
const editor = new Editor(find('editor'), nonce, settings.value, {
  onChange: (text) => {
    saved.textContent = 'Saving…';
    drafts.keep(language.id, text);
    workbench?.assistant?.typed();
  },
  onCursor: (line, column) => status.cursor(line, column),
});
let language = languages.of(recall('session', 'language') ?? recall('local', 'language') ?? '');
const { layout, panes } = makeShell(editor, () => workbench?.terminal.repaint());
const images = new ImageWatch(
  () => picker.isOpen || !language.available,
  (details, fetched) => {
    const couldRun = language.available;
    languages.update(details, fetched);
    picker.refresh();
    if (!workbench?.run.isActive && !couldRun) showAvailability();
  },
);
const picker = new LanguagePicker(languages.list, {
  onChoose: (id) => {
    choose(languages.of(id));
    editor.focus();
  },
  onOpen: () => images.look(),
  noteOf: (one) => languages.note(one),
});

showText();
showLanguage();
if (!isNarrow()) editor.focus();
find('reset').addEventListener('click', putTemplateBack);
for (const button of findAll('make-workspace')) button.addEventListener('click', makeWorkspace);
find('other-draft').addEventListener('click', () => {
  editor.replaceText(drafts.takeOther(language.id));
});
const showSettings = wireSettings(editor, settings, showIndent);
const formatCode = formatCommand({
  editor,
  file: () => ({ fileName: language.file, indent: indentHere() }),
  tell: (card) => workbench?.view.showCard(card),
});
wireCommands([
  () => runCommands(panes, workbench),
  () => [{ label: 'Save now', group: 'Code', keys: 'Mod+S', run: () => drafts.flush() }],
  () => [
    ofButton('reset', { label: 'Put the template back', group: 'Code' }),
    ofButton('make-workspace', { label: 'Make a workspace of this program', group: 'Code' }),
    ...languageCommands(),
  ],
  () => (workbench ? assistantCommands(workbench.assistant) : []),
  () => toasts.commands,
  () => [showSettings, formatCode, ...editorCommands(editor, () => panes.show('code'))],
  () => partCommands(layout),
  () =>
    placeCommands(panes, [
      { name: 'code', label: 'Go to the code', focus: () => editor.focus() },
      {
        name: 'terminal',
        label: 'Go to the terminal',
        focus: () => workbench?.terminal.focus(),
      },
    ]),
]);

const { makeWorkbench, takeRun } = await loadWorkbench(status, toasts);
workbench = makeWorkbench({
  languages,
  status,
  editor,
  panes,
  layout,
  title: () => language.file,
  keptAs: 'run',
  start,
  runAgain,
  goTo,
  textOf: () => (isRunOf(language) ? editor.text : null),
  markError: (place) => isRunOf(language) && editor.markErrorLine(place?.line ?? null),
  fileNames: () => [],
  assistantData: page.assistant,
  project: {
    textOf: ({ isEntry, language: id }) => (isEntry ? drafts.text(id) : null),
    canWrite: ({ isEntry }) => isEntry,
    write: ({ language: id }, text) => take(id, text),
  },
  program: async (id = language.id) => ({ language: id, code: drafts.text(id) }),
  nonce,
  onLost: () => connection.look(),
});
const { run, forRun } = workbench;
showLanguage();
if (takeRun() && !run.wasGoingOn) start();
else run.resume(workbench.terminal.size);

/** @returns {Command[]} */
function languageCommands() {
  return languages.list.map(({ id, name }) => ({
    label: `Write ${name}`,
    group: 'Code',
    run: () => {
      choose(languages.of(id));
      editor.focus();
    },
  }));
}

/** @param {Language} chosen */
function choose(chosen) {
  drafts.flush();
  language = chosen;
  showText();
  showLanguage();
}

function showText() {
  find('file-name').textContent = language.file;
  showIndent();
  editor.open(language.id, language.file, drafts.text(language.id));
  showOtherDraft();
}

function showLanguage() {
  const { id, image, network, available } = language;
  remember('session', 'language', id);
  remember('local', 'language', id);
  picker.show(id);
  status.network(image && page.runner.name ? network : null);
  if (!workbench) return;
  workbench.packages.show(id);
  if (workbench.run.isActive) return;
  workbench.notice.clear();
  if (!available) showAvailability();
}

function showIndent() {
  status.indent(indentHere());
}

function indentHere() {
  return settings.value.indent || indentOf(language.file);
}

/** Says why the language cannot run, or that it can by now. */
function showAvailability() {
  workbench?.view.showCard(languages.card(language, start));
  if (!language.available) images.look();
}

function showOtherDraft() {
  find('other-draft').hidden = drafts.other(language.id) === null;
}

/** The text that was there is set aside, where a reload does not lose it. */
function putTemplateBack() {
  const { id } = language;
  const text = editor.text;
  const template = drafts.template(id);
  if (text === template) return;
  drafts.setAside(id);
  editor.replaceText(template);
  const undo = () => {
    toasts.end('template');
    take(id, text);
    editor.focus();
  };
  toasts.end('template'); // one that is still there would bring back the text before this one
  toasts.show('template', {
    tone: 'plain',
    title: 'The template is back.',
    text: 'Your text is kept as “Other text”.',
    actions: [{ label: 'Undo', act: undo }],
  });
}

function makeWorkspace() {
  drafts.flush();
  const { id, file: path } = language;
  openAsWorkspace({ language: id, files: [{ path, content: editor.text }] });
}

async function start() {
  if (!language.available) await images.look();
  if (!language.available) {
    panes.show('terminal');
    return showAvailability();
  }
  drafts.flush();
  editor.markErrorLine(null);
  const request = { language: language.id, code: editor.text };
  if (language.file.endsWith('.html')) return run.start({ ...request, interactive: false });
  panes.show('terminal');
  run.start({ ...request, ...forRun(language.id) });
}

/** The program that ran last, which may not be the one in the editor. */
function runAgain() {
  if (!isRunOf(language)) choose(languages.of(run.language));
  start();
}

/** @param {Language} shown */
function isRunOf(shown) {
  return run.language === shown.id;
}

/**
 * A text that somebody has accepted, as one step of Undo.
 *
 * @param {string} id of its language
 * @param {string} text
 */
function take(id, text) {
  if (id !== language.id) choose(languages.of(id));
  const before = editor.text;
  editor.documents.edit(id, language.file, before, [leastChange(before, text)]);
}

/** @param {Place} place */
function goTo({ line, column }) {
  if (!isRunOf(language)) choose(languages.of(run.language));
  panes.show('code');
  editor.goToLine(line, column ?? 1);
}
