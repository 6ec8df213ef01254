/** What the scratchpad and a workspace share: the parts that run a program and show it. */

import { Assistant } from './assistant/assistant.js';
import { LINE_END } from './editor/line-ends.js';
import { MadeFiles } from './made/made-files.js';
import { Preview } from './preview/preview.js';
import { AskHint } from './run/ask-hint.js';
import { CurrentRun } from './run/current-run.js';
import { Packages } from './run/packages.js';
import { PreparedInput } from './run/prepared-input.js';
import { Problems } from './run/problems.js';
import { RunCards } from './run/run-cards.js';
import { RunControls } from './run/run-controls.js';
import { RunEnding } from './run/run-ending.js';
import { RunView } from './run/run-view.js';
import { OutputTools } from './terminal/output-tools.js';
import { Terminal } from './terminal/terminal.js';
import { find } from './ui/dom.js';
import { Notice } from './ui/notice.js';
import { wirePrint } from './ui/print.js';

/** @import { Editor } from './editor/editor.js' */
/** @import { Project } from './assistant/proposal.js' */
/** @import { Program } from './assistant/question.js' */
/** @import { KeepFile } from './made/made-files.js' */
/** @import { Panes } from './ui/panes.js' */
/** @import { Parts } from './ui/parts.js' */
/** @import { Languages } from './ui/languages.js' */
/** @import { StatusBar } from './ui/status-bar.js' */
/** @import { AssistantData, Place, RunState } from './types.js' */

/** @type {Set<RunState>} */
const LOST = new Set(['reconnecting', 'unreachable', 'lost']);

/**
 * @typedef {object} WorkbenchParts
 * @property {Languages} languages
 * @property {StatusBar} status
 * @property {Editor} editor
 * @property {Panes} panes
 * @property {Parts} layout
 * @property {() => string} title of what is printed
 * @property {string} keptAs under which word of its own the tab keeps its run and its packages
 * @property {() => void} start Run was pressed
 * @property {() => void} runAgain the program that ran last
 * @property {(place: Place) => void} goTo
 * @property {(file: string | null) => string | null} textOf what a frame names; null where it is not here
 * @property {(place: Place | null) => void} markError
 * @property {() => string[]} fileNames whose places in the output are links
 * @property {() => void} onLost the connection of a run
 * @property {KeepFile} [keepFile] where there is a workspace to keep it in
 * @property {AssistantData} assistantData
 * @property {Project} project what the assistant may propose to change
 * @property {(language?: string) => Promise<Program>} program as it is on the screen
 * @property {string} nonce
 */

/** @typedef {ReturnType<typeof makeWorkbench>} Workbench */

/** @param {WorkbenchParts} parts */
export function makeWorkbench(parts) {
  const { languages, status, editor, panes, layout, goTo, runAgain } = parts;
  const { enabled, teaching, url } = parts.assistantData;
  const preview = new Preview();
  const notice = new Notice(find('notice'));
  const packages = new Packages();
  const input = new PreparedInput(parts.keptAs);
  const terminal = new Terminal(find('terminal'), {
    onInput: (data) => run.sendInput(data),
    onResize: (size) => run.resize(size),
    onPlace: goTo,
  });
  const controls = new RunControls({
    run: () => (run.isActive ? run.restart() : parts.start()),
    stop: () => run.stop(),
    send: (data) => run.sendInput(data),
    focusTerminal: () => terminal.focus(),
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
    textAt: lineAt,
    assist: enabled ? (action) => assistant?.ask(action) : null,
    teaching,
  });
  const problems = new Problems({ goTo, show: () => panes.show('problems') });
  const ending = new RunEnding({
    terminal,
    cards,
    problems,
    status,
    markError: (place) => parts.markError(place && lineAt(place) !== null ? place : null),
    fileNames: parts.fileNames,
  });
  const view = new RunView({
    terminal,
    askHint: new AskHint(terminal),
    controls,
    cards,
    ending,
    notice,
    preview,
    made: new MadeFiles(parts.keepFile),
    panes,
    layout,
    status,
  });
  const run = new CurrentRun(parts.keptAs, {
    onBegin: ({ language: id, isPiped }) => {
      terminal.setPiped(isPiped);
      problems.clear();
      view.begin(languages.of(id));
      terminal.linkPlacesOf([languages.of(id).file, ...parts.fileNames()]);
    },
    onState: (state, frame) => {
      if (LOST.has(state)) parts.onLost();
      view.state(state, frame);
      assistant?.refresh();
    },
    onOutput: (frame) => view.output(frame),
    onEvent: (frame) => view.event(frame),
    onCaughtUp: () => view.caughtUp(),
    onRestart: parts.start,
  });
  view.current = run;
  const assistant = enabled
    ? new Assistant({
        url,
        teaching,
        project: parts.project,
        program: async (id) => {
          const program = await parts.program(id);
          return { ...program, ...input.forRun, ...packages.forRun(program.language) };
        },
        run,
        terminal,
        panes,
        nonce: parts.nonce,
        insert: (code) => {
          panes.show('code');
          if (find('editor').hidden) status.announce('Open a text first.');
          else editor.insert(code);
        },
        announce: (text) => status.announce(text),
      })
    : null;
  new OutputTools({ terminal, announce: (text) => status.announce(text) });
  wirePrint({
    title: parts.title,
    lines: () => (find('editor').hidden ? [] : editor.coloredLines),
    output: () => terminal.text,
  });
  find('clear').addEventListener('click', () => {
    if (run.isActive) return terminal.wipe();
    run.forget();
    problems.clear();
    view.clear();
    assistant?.refresh();
  });
  /** The line of code there, where the text is the one that ran. @param {Place} place */
  function lineAt({ file, line }) {
    const text = parts.textOf(file);
    if (text === null || !run.ran(file, text)) return null;
    return text.split(LINE_END)[line - 1] ?? null;
  }
  /** What a run of that language asks for besides its program. @param {string} id */
  const forRun = (id) => ({ ...terminal.forRun, ...input.forRun, ...packages.forRun(id) });
  return {
    run,
    view,
    preview,
    terminal,
    input,
    problems,
    notice,
    packages,
    assistant,
    forRun,
  };
}
