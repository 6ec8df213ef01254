/** The entry of a workspace's page: its files, one editor with tabs, and what runs. */

import { assistantCommands } from './assistant/assistant-commands.js';
import { editorCommands } from './commands/editor-commands.js';
import { fileCommands } from './commands/file-commands.js';
import { formatCommand } from './commands/format-command.js';
import { partCommands, placeCommands, runCommands } from './commands/page-commands.js';
import { wireCommands } from './commands/wire.js';
import { Editor } from './editor/editor.js';
import { leastChange } from './editor/least-change.js';
import { LINE_END } from './editor/line-ends.js';
import { indentOf } from './editor/modes.js';
import { SettingsStore } from './editor/settings.js';
import { wireSettings } from './editor/wire-settings.js';
import { Conflicts } from './files/conflicts.js';
import { FileStore } from './files/file-store.js';
import { FileTabs } from './files/file-tabs.js';
import { FilesPane } from './files/files-pane.js';
import { OtherTabs } from './files/other-tabs.js';
import { SaveToasts } from './files/save-toasts.js';
import { saveWords } from './files/workspace-words.js';
import { requestOfRun, takeWantedRun } from './history/run-again.js';
import { ImageWatch } from './run/image-watch.js';
import { wireSearch } from './search/wire-search.js';
import { nonceForNewStyles, pageNonce, setSpanStylesAsProperties } from './ui/csp.js';
import { find, jsonScript } from './ui/dom.js';
import { Languages } from './ui/languages.js';
import { isNarrow } from './ui/panes.js';
import { StatusBar } from './ui/status-bar.js';
import { recall, remember } from './ui/storage.js';
import { thisTab } from './ui/tabs.js';
import { watchTroubles } from './ui/troubles.js';
import { makeWorkbench } from './workbench.js';

/** @import { Target } from './assistant/proposal.js' */
/** @import { FileStoreHooks } from './files/file-store.js' */
/** @import { StoredFile } from './files/stored-file.js' */
/** @import { Place, WorkspaceData } from './types.js' */

const page = /** @type {WorkspaceData} */ (jsonScript('page-data'));
const { workspace } = page;
const tabsKey = `tabs.${workspace.id}`;
const nonce = pageNonce();
nonceForNewStyles(nonce);
setSpanStylesAsProperties();

const languages = new Languages(page.languages);
const language = languages.of(workspace.language);
const status = new StatusBar();
const saved = find('saved');
/** @type {StoredFile | undefined} the file in front */
let shown;
let isKept = true;

const { toasts, connection, failed } = watchTroubles({
  kept: () => (isKept ? 'What you type is kept in this browser, and saved when it is back.' : ''),
  onBack: async () => {
    await store.save();
    if (!store.isSaved) await store.save(); // the first was under way before
    return store.isSaved ? 'All is saved.' : '';
  },
});
const saveToasts = new SaveToasts(toasts, page.isUser);
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
    if (file.theirs && shown !== file) open(file.id);
    else conflicts.show(shown);
  },
  onReplaced: (file) => {
    if (file.isText) editor.setText(String(file.id), file.base ?? '');
    else editor.close(String(file.id));
    if (file === shown && file.isText === find('editor').hidden) open(file.id);
    preview.refresh();
  },
  onSaved: () => {
    otherTabs.tell();
    preview.refresh();
  },
  onRemoved: (file) => close(file.id),
  onMoved: (file) => {
    tabs.rename(file);
    editor.rename(String(file.id), file.path);
  },
  onRenumbered: (file, before) => {
    tabs.renumber(before, file.id);
    editor.rekey(String(before), String(file.id));
  },
};
const store = new FileStore(workspace.id, page.files, hooks, await thisTab());
const settings = new SettingsStore(page.settings, page.isUser, failed.tell);
const editor = new Editor(find('editor'), nonce, settings.value, {
  onChange: (text) => shown && store.type(shown.id, text),
  onCursor: (line, column) => status.cursor(line, column),
});
const tabs = new FileTabs({ onChoose: open, onClose: close });
const files = new FilesPane({
  workspaceId: workspace.id,
  store,
  onOpen: openForWriting,
  onSay: () => layout.bringBack('files'),
});
const {
  run,
  view,
  preview,
  terminal,
  input,
  problems,
  panes,
  layout,
  packages,
  assistant,
  forRun,
} = makeWorkbench({
  languages,
  status,
  editor,
  title: () => `${workspace.name} / ${shown?.path ?? ''}`,
  keptAs: `run.${workspace.id}`,
  start,
  keepFile: (path, content, replaces) => files.keep(path, content, replaces),
  runAgain: start,
  goTo,
  textAt: ({ file, line }) => textOf(fileOf(file))?.split(LINE_END)[line - 1] ?? null,
  markError: (place) => {
    if (!place || fileOf(place.file)?.id === shown?.id) editor.markErrorLine(place?.line ?? null);
  },
  fileNames: () => store.all.filter(({ isText }) => isText).map(({ path }) => path),
  hasAssistant: page.assistant.enabled,
  project: {
    textOf: (target) => textOf(proposed(target)),
    canWrite: (target) => proposed(target)?.isText ?? true,
    write: take,
  },
  program: async () => requestOf(await store.complete()),
  nonce,
  onLost: () => connection.look(),
  onPane: (pane) => {
    if (pane === 'code') editor.measure();
  },
});
const conflicts = new Conflicts({
  store,
  nonce,
  textOf,
  onMerged: (file, text) => editor.setText(String(file.id), text),
  onKept: async (path) => {
    await files.refresh();
    const kept = store.at(path);
    if (kept) open(kept.id);
  },
  tell: (card) => view.showCard(card),
});
const images = new ImageWatch(
  () => !language.available,
  (details, fetched) => {
    const couldRun = language.available;
    languages.update(details, fetched);
    if (!run.isActive && !couldRun) showAvailability();
  },
);

const otherTabs = new OtherTabs(workspace.id, () => files.refresh());

packages.show(language.id);
openAsBefore();
if (page.preview) {
  preview.live({
    workspaceId: workspace.id,
    folder: page.preview,
    hasFile: (path) => store.at(path) !== undefined,
  });
  if (!isNarrow()) panes.prepare('preview');
}
store.begin();
const wantedRun = takeWantedRun();
if (wantedRun) runAsItWas(wantedRun);
else if (!run.resume(terminal.size)) {
  if (!language.available) showAvailability();
  if (!isNarrow()) editor.focus();
}
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') files.refresh();
  else store.save();
});
window.addEventListener('blur', () => store.save()); // the next window may be one on these files
window.addEventListener('online', () => files.refresh());
status.network(language.image && page.runner.name ? language.network : null);
const showSettings = wireSettings(editor, settings, showIndent);
const formatCode = formatCommand({
  editor,
  file: () => (shown?.isText ? { fileName: shown.path, indent: indentOfShown(shown) } : null),
  tell: (card) => view.showCard(card),
});
const searchFiles = wireSearch({ store, editor, textOf, goTo });
wireCommands([
  () => runCommands({ panes, input, problems }),
  () => fileCommands(store, openForWriting),
  () => [searchFiles],
  () => assistantCommands(assistant),
  () => toasts.commands,
  () => [showSettings, formatCode, ...editorCommands(editor, () => panes.show('code'))],
  () => partCommands(layout),
  () =>
    placeCommands(panes, [
      { name: 'files', label: 'Go to the files', focus: () => files.focus() },
      { name: 'code', label: 'Go to the code', focus: () => editor.focus() },
      { name: 'terminal', label: 'Go to the terminal', focus: () => terminal.focus() },
    ]),
]);

/** @param {number} id */
async function openForWriting(id) {
  panes.show('code');
  await open(id);
  editor.focus();
}

/** The tabs that were open, else the file that Run starts with. */
function openAsBefore() {
  /** @type {string[]} */
  const paths = JSON.parse(recall('local', tabsKey) ?? '[]');
  const before = paths.map((path) => store.at(path)).filter((file) => file !== undefined);
  for (const file of before.slice(1)) tabs.show(file);
  const front = before[0] ?? store.at(workspace.entry) ?? store.all[0];
  if (front) open(front.id);
}

/** @param {number} id */
async function open(id) {
  const file = store.get(id);
  if (!file) return;
  shown = file;
  tabs.show(file);
  files.choose(file.path);
  rememberTabs();
  if (file.isText && textOf(file) === null) await store.complete().catch(() => {});
  if (shown !== file) return;
  const text = file.isText ? textOf(file) : null;
  find('no-text').hidden = text !== null;
  find('editor').hidden = text === null;
  if (text === null) return conflicts.show(file);
  if (file.path.endsWith('.html')) preview.choose(file.path);
  showIndent();
  editor.open(String(id), file.path, text);
  conflicts.show(file);
}

function showIndent() {
  if (shown) status.indent(indentOfShown(shown));
}

/** @param {StoredFile} file */
function indentOfShown(file) {
  return settings.value.indent || indentOf(file.path);
}

/** @param {number} id */
function close(id) {
  const beside = tabs.close(id);
  editor.close(String(id));
  if (shown?.id !== id) return rememberTabs();
  shown = undefined;
  const next = beside ?? store.at(workspace.entry)?.id;
  if (next !== undefined) open(next);
}

/** The one in front comes first. */
function rememberTabs() {
  const order = [shown?.id, ...tabs.open.filter((id) => id !== shown?.id)];
  const paths = order.map((id) => id !== undefined && store.get(id)?.path).filter(Boolean);
  remember('local', tabsKey, JSON.stringify(paths));
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
  const before = textOf(file) ?? '';
  const changes = [leastChange(before, text)];
  store.type(file.id, editor.edit(String(file.id), file.path, before, changes));
}

/** @param {StoredFile | undefined} file */
function textOf(file) {
  return file ? (file.text ?? file.base) : null;
}

/** Says why the language cannot run, or that it can by now. */
function showAvailability() {
  view.showCard(languages.card(language, start));
  if (!language.available) images.look();
}

/** Saves, and runs what is on the screen. */
async function start() {
  if (run.isActive) return;
  if (!language.available) await images.look();
  const isPage = language.file.endsWith('.html');
  if (!isPage || !language.available) panes.show('terminal');
  if (!language.available) return showAvailability();
  editor.markErrorLine(null);
  store.save();
  try {
    const all = await store.complete();
    const request = requestOf(all);
    if (isPage) return run.start({ ...request, interactive: false });
    run.start({ ...request, ...forRun(language.id) });
  } catch (error) {
    const text = error instanceof Error ? error.message : '';
    view.showCard({ tone: 'bad', title: 'The files could not be read.', text });
  }
}

/** @param {string} runId a past run, whose files need not be those that are here now */
async function runAsItWas(runId) {
  const isPage = language.file.endsWith('.html');
  try {
    const request = await requestOfRun(runId, workspace.id);
    if (isPage) return run.start(request);
    panes.show('terminal');
    const typed = request.stdin ? {} : terminal.forRun;
    run.start({ ...request, ...typed, ...packages.forRun(language.id) });
    terminal.note('The program of the past run. Your files are as they were.');
  } catch (error) {
    const text = error instanceof Error ? error.message : '';
    view.showCard({ tone: 'bad', title: 'The past run could not be read.', text });
  }
}

/** @param {StoredFile[]} all */
function requestOf(all) {
  const entry = store.at(workspace.entry);
  const others = all.filter((file) => file !== entry);
  return {
    language: language.id,
    workspace: workspace.id,
    code: textOf(entry) ?? '',
    files: others.map((file) => ({
      name: file.path,
      content: textOf(file) ?? '',
      encoding: file.isText ? 'utf-8' : 'base64',
    })),
  };
}

/** @param {Place} place */
async function goTo({ file, line, column }) {
  const target = fileOf(file);
  if (!target) return;
  panes.show('code');
  if (target !== shown) await open(target.id);
  editor.goToLine(line, column ?? 1);
}
