/** The page's entry: makes the parts and tells them of each other. */

import { AskHint } from './ask-hint.js';
import { nonceForNewStyles, pageNonce, setSpanStylesAsProperties } from './csp.js';
import { CurrentRun } from './current-run.js';
import { find, jsonScript } from './dom.js';
import { Drafts } from './drafts.js';
import { Editor } from './editor.js';
import { ImageWatch } from './image-watch.js';
import { LanguagePicker } from './language-picker.js';
import { Languages } from './languages.js';
import { indentOf } from './modes.js';
import { Notice } from './notice.js';
import { Packages } from './packages.js';
import { isNarrow, Panes } from './panes.js';
import { Preview } from './preview.js';
import { RunCards } from './run-cards.js';
import { RunControls } from './run-controls.js';
import { RunEnding } from './run-ending.js';
import { RunView } from './run-view.js';
import { wireSplitter } from './splitter.js';
import { StatusBar } from './status-bar.js';
import { recall, remember } from './storage.js';
import { Terminal } from './terminal.js';
import { wireTheme } from './theme.js';

/** @import { Language, PageData, Place } from './types.js' */

const page = /** @type {PageData} */ (jsonScript('page-data'));
const nonce = pageNonce();
nonceForNewStyles(nonce);
setSpanStylesAsProperties();

const languages = new Languages(page.languages);
const status = new StatusBar();
const preview = new Preview();
const notice = new Notice();
const packages = new Packages();
const saved = find('saved');
const drafts = new Drafts(page.templates, (kept) => {
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
  onInput: (data) => run.sendInput(data),
  onResize: (size) => run.resize(size),
  onPlace: (place) => goTo(place),
});
const panes = new Panes((pane) => {
  if (pane === 'code') editor.measure();
});
const controls = new RunControls({
  run: start,
  stop: () => run.stop(),
  send: (data) => run.sendInput(data),
});
const cards = new RunCards({
  onCard: (card) => view.showCard(card),
  runAgain,
  install: (name) => {
    packages.add(run.language, name);
    runAgain();
  },
  runWithout: (names) => {
    packages.remove(run.language, names);
    runAgain();
  },
  hasPackage: (name) => packages.of(run.language).includes(name),
  goTo,
  textAt: ({ line }) => (isRunOf(language) ? editor.lineText(line) : null),
});
const ending = new RunEnding({
  terminal,
  cards,
  status,
  markError: (place) => isRunOf(language) && editor.markErrorLine(place?.line ?? null),
});
const view = new RunView({
  terminal,
  askHint: new AskHint(terminal),
  controls,
  cards,
  ending,
  notice,
  preview,
  panes,
  status,
});
const run = new CurrentRun({
  onBegin: (id) => view.begin(languages.of(id)),
  onState: (state, frame) => view.state(state, frame),
  onOutput: (frame) => view.output(frame),
  onEvent: (frame) => view.event(frame),
  onCaughtUp: () => view.caughtUp(),
});
view.current = run;
const images = new ImageWatch(
  () => picker.isOpen || !language.available,
  (details, fetched) => {
    const couldRun = language.available;
    languages.update(details, fetched);
    picker.refresh();
    if (!run.isActive && !couldRun) showAvailability();
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

let language = languages.of(recall('session', 'language') ?? recall('local', 'language') ?? '');
choose(language);
wireTheme(find('theme-toggle'), () => terminal.repaint());
wireSplitter();
find('reset').addEventListener('click', () => editor.replaceText(drafts.template(language.id)));
find('other-draft').addEventListener('click', () => {
  editor.replaceText(drafts.takeOther(language.id));
});
find('clear').addEventListener('click', () => {
  if (run.isActive) return terminal.wipe();
  run.forget();
  view.clear();
});
if (!run.resume(terminal.size) && !isNarrow()) editor.focus();

/** @param {Language} chosen */
function choose(chosen) {
  drafts.flush();
  language = chosen;
  remember('session', 'language', chosen.id);
  remember('local', 'language', chosen.id);
  picker.show(chosen.id);
  packages.show(chosen.id);
  find('file-name').textContent = chosen.file;
  status.language(indentOf(chosen.file), chosen.image && page.runner.name ? chosen.network : null);
  editor.open(chosen.id, chosen.file, drafts.text(chosen.id));
  showOtherDraft();
  if (run.isActive) return;
  notice.clear();
  if (!chosen.available) showAvailability();
}

/** Says why the language cannot run, or that it can by now. */
function showAvailability() {
  if (language.available) {
    const { name } = language;
    const actions = [{ label: 'Run', first: true, act: start }];
    return view.showCard({ tone: 'good', title: `${name} is ready.`, actions });
  }
  view.showCard(languages.notice(language));
  images.look();
}

function showOtherDraft() {
  find('other-draft').hidden = drafts.other(language.id) === null;
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
  const asked = packages.of(language.id);
  run.start({
    ...request,
    interactive: true,
    tty: true,
    ...terminal.size,
    ...(asked.length > 0 && { install_packages: asked }),
  });
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

/** @param {Place} place */
function goTo({ line, column }) {
  if (!isRunOf(language)) choose(languages.of(run.language));
  panes.show('code');
  editor.goToLine(line, column ?? 1);
}
