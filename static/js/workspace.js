/** The entry of a workspace's page: its files, one editor with tabs, and what runs. */

import { assistantCommands } from './assistant/assistant-commands.js';
import { editorCommands } from './commands/editor-commands.js';
import { fileCommands } from './commands/file-commands.js';
import { formatCommand } from './commands/format-command.js';
import { partCommands, placeCommands, runCommands } from './commands/page-commands.js';
import { wireCommands } from './commands/wire.js';
import { Editor } from './editor/editor.js';
import { leastChange } from './editor/least-change.js';
import { SettingsStore } from './editor/settings.js';
import { wireSettings } from './editor/wire-settings.js';
import { Conflicts } from './files/conflicts.js';
import { FileStore } from './files/file-store.js';
import { FilesPane } from './files/files-pane.js';
import { openAsWorkspace } from './files/new-workspace.js';
import { OpenFiles } from './files/open-files.js';
import { OtherTabs } from './files/other-tabs.js';
import { SaveToasts } from './files/save-toasts.js';
import { currentContent, currentText } from './files/stored-file.js';
import { saveWords } from './files/workspace-words.js';
import { takeWantedRun } from './history/run-again.js';
import { loadWorkbench } from './load-workbench.js';
import { WorkspaceProgram } from './run/workspace-program.js';
import { wireSearch } from './search/wire-search.js';
import { nonceForNewStyles, pageNonce, setSpanStylesAsProperties } from './ui/csp.js';
import { find, jsonScript } from './ui/dom.js';
import { Languages } from './ui/languages.js';
import { isNarrow } from './ui/panes.js';
import { makeShell } from './ui/shell.js';
import { StatusBar } from './ui/status-bar.js';
import { thisTab } from './ui/tabs.js';
import { watchTroubles } from './ui/troubles.js';

/** @import { Target } from './assistant/proposal.js' */
/** @import { FileStoreHooks } from './files/file-store.js' */
/** @import { StoredFile } from './files/stored-file.js' */
/** @import { Place, WorkspaceData } from './types.js' */
/** @import { Workbench } from './workbench.js' */

const page = /** @type {WorkspaceData} */ (jsonScript('page-data'));
const { workspace } = page;
const nonce = pageNonce();
nonceForNewStyles(nonce);
setSpanStylesAsProperties();

const languages = new Languages(page.languages);
const language = languages.of(workspace.language);
const status = new StatusBar();
const saved = find('saved');
let isKept = true;
/** What runs programs: there once the text can be written. @type {Workbench | undefined} */
let workbench;

const { toasts, connection, failed } = watchTroubles(
  {
    kept: () => (isKept ? 'What you type is kept in this browser, and saved when it is back.' : ''),
    onBack: async () => {
      workbench?.view.backOnline();
      sayReadable();
      opened.readAgain();
      await store.save();
      return store.isSaved ? 'All is saved.' : '';
    },
  },
  page.messages,
);
const saveToasts = new SaveToasts(toasts, page.isUser, saveAsNew);
/** @type {FileStoreHooks} */
const hooks = {
  onState: (state, details) => {
    const { text, tone, title } = saveWords(state, details);
    if (saved.textContent !== text) saved.textContent = text;
    saved.dataset.tone = tone;
    saved.title = title;
    isKept = details.isKept;
    saveToasts.show(state, details);
    if (state === 'offline') connection.look();
  },
  onConflict: (file) => {
    if (file.theirs && opened.front !== file) opened.open(file.id);
    else conflicts.show(opened.front);
  },
  onReplaced: (file) => {
    opened.replace(file);
    workbench?.preview.refresh();
  },
  onRead: sayReadable,
  onSaved: () => {
    otherTabs.tell();
    workbench?.preview.refresh();
  },
  onRemoved: (file) => opened.close(file.id),
  onMoved: (file) => opened.rename(file),
  onRenumbered: (file, before) => opened.renumber(file, before),
};
const store = new FileStore(workspace.id, page.files, hooks, await thisTab());
const settings = new SettingsStore(page.settings, page.isUser, failed.tell);
const editor = new Editor(find('editor'), nonce, settings.value, {
  onChange: (text) => {
    opened.type(text);
    workbench?.assistant?.typed();
  },
  onCursor: (line, column) => status.cursor(line, column),
});
const opened = new OpenFiles({
  store,
  editor,
  settings,
  status,
  keptAs: `tabs.${workspace.id}`,
  entry: workspace.entry,
  onFront: ({ path }) => files.choose(path),
  onShown: (file) => {
    previewPage(file);
    conflicts.show(file);
  },
  onUnread: () => connection.look(),
});
const files = new FilesPane({
  workspaceId: workspace.id,
  store,
  onOpen: openForWriting,
  onSay: () => layout.bringBack('files'),
});
const conflicts = new Conflicts({
  store,
  nonce,
  onMerged: (file, text) => editor.documents.setText(String(file.id), text),
  onKept: async (path) => {
    await files.refresh();
    const kept = store.at(path);
    if (kept) opened.open(kept.id);
  },
  tell: (card) => workbench?.view.showCard(card),
});
const otherTabs = new OtherTabs(workspace.id, () => files.refresh());

const { layout, panes } = makeShell(editor, () => workbench?.terminal.repaint());

opened.openAsBefore().then(() => {
  const isFree = document.activeElement === document.body;
  if (isFree && !isNarrow()) editor.focus();
});
store.begin();
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') files.refresh();
  else store.save();
});
window.addEventListener('blur', () => store.save()); // the next window may be one on these files
window.addEventListener('online', () => files.refresh());
status.network(language.image && page.runner.name ? language.network : null);
const showSettings = wireSettings(editor, settings, () => opened.showIndent());
const formatCode = formatCommand({
  editor,
  file: () => {
    const { shown, indent } = opened;
    return shown ? { fileName: shown.path, indent } : null;
  },
  tell: (card) => workbench?.view.showCard(card),
});
const searchFiles = wireSearch({ store, editor, opened, goTo });
wireCommands([
  () => runCommands(panes, workbench),
  () => fileCommands(store, openForWriting),
  () => [searchFiles],
  () => (workbench ? assistantCommands(workbench.assistant) : []),
  () => toasts.commands,
  () => [showSettings, formatCode, ...editorCommands(editor, () => panes.show('code'))],
  () => partCommands(layout),
  () =>
    placeCommands(panes, [
      { name: 'files', label: 'Go to the files', focus: () => files.focus() },
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
  title: () => `${workspace.name} / ${opened.front?.path ?? ''}`,
  keptAs: `run.${workspace.id}`,
  start: () => program.start(),
  keepFile: (path, content, replaces) => files.keep(path, content, replaces),
  runAgain: () => program.start(),
  goTo,
  textOf: (file) => currentText(fileOf(file)),
  markError: (place) => {
    const isShown = !place || fileOf(place.file) === opened.shown;
    if (isShown) editor.markErrorLine(place?.line ?? null);
  },
  fileNames: () => store.all.filter(({ isText }) => isText).map(({ path }) => path),
  assistantData: page.assistant,
  project: {
    textOf: (target) => currentText(proposed(target)),
    canWrite: (target) => proposed(target)?.isText ?? true,
    write: take,
  },
  program: () => program.request(),
  nonce,
  onLost: () => connection.look(),
});
const program = new WorkspaceProgram({
  workspace,
  languages,
  language,
  store,
  editor,
  panes,
  workbench,
});
workbench.packages.show(language.id);
if (opened.front) previewPage(opened.front);
if (page.preview) {
  workbench.preview.live({
    workspaceId: workspace.id,
    folder: page.preview,
    hasFile: (path) => store.at(path) !== undefined,
  });
  if (!isNarrow()) panes.prepare('preview');
}
const isRunWanted = takeRun();
const wantedRun = takeWantedRun();
if (wantedRun) program.startPast(wantedRun);
else if (isRunWanted && !workbench.run.wasGoingOn) program.start();
else if (!workbench.run.resume(workbench.terminal.size) && !language.available) {
  program.showAvailability();
}

/** To who has pressed Run while the files could not be read. */
function sayReadable() {
  if (workbench) program.readable();
}

/** @param {number} id */
async function openForWriting(id) {
  panes.show('code');
  await opened.open(id);
  editor.focus();
}

/** @param {StoredFile} file the one in front */
function previewPage({ isText, path }) {
  if (isText && path.endsWith('.html')) workbench?.preview.choose(path);
}

/**
 * The file that a run names. What Run starts with may have another name there.
 *
 * @param {string | null} path
 */
function fileOf(path) {
  return store.at(path ?? '') ?? store.at(workspace.entry);
}

/** @param {Target} target */
function proposed({ name, isEntry }) {
  return store.at(isEntry ? workspace.entry : name);
}

/**
 * A text that somebody has accepted; of a file that is there, as one step of Undo.
 *
 * @param {Target} target
 * @param {string} text
 */
async function take(target, text) {
  const file = proposed(target);
  if (!file) return files.keep(target.name, new Blob([text]), false);
  opened.edit(file, [leastChange(currentText(file) ?? '', text)]);
}

/** In a tab of its own: where that is refused, this page is all that has the files. */
function saveAsNew() {
  const { name, language } = workspace;
  const known = store.all.map((file) => ({ path: file.path, content: currentContent(file) }));
  const files = known.flatMap(({ path, content }) => (content === null ? [] : [{ path, content }]));
  openAsWorkspace({ language, name, files, inNewTab: true });
  const missing = known.filter(({ content }) => content === null).map(({ path }) => path);
  if (missing.length === 0) return;
  toasts.show('not-all', {
    tone: 'warn',
    lasts: true,
    title: 'Not all files came along.',
    text: `This page has not read ${missing.join(', ')}.`,
  });
}

/** @param {Place} place */
async function goTo({ file, line, column }) {
  const target = fileOf(file);
  if (!target) return;
  panes.show('code');
  if (target !== opened.shown) await opened.open(target.id);
  if (target === opened.shown) editor.goToLine(line, column ?? 1);
}
