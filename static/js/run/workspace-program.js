import { currentText } from '../files/stored-file.js';
import { requestOfRun } from '../history/run-again.js';
import { ImageWatch } from './image-watch.js';

/** @import { Editor } from '../editor/editor.js' */
/** @import { FileStore } from '../files/file-store.js' */
/** @import { StoredFile } from '../files/stored-file.js' */
/** @import { Languages } from '../ui/languages.js' */
/** @import { Panes } from '../ui/panes.js' */
/** @import { Workbench } from '../workbench.js' */
/** @import { Language, NoticeText, WorkspaceData } from '../types.js' */

/**
 * @typedef {object} ProgramParts
 * @property {WorkspaceData['workspace']} workspace
 * @property {Languages} languages
 * @property {Language} language
 * @property {FileStore} store
 * @property {Editor} editor
 * @property {Panes} panes
 * @property {Workbench} workbench
 */

/** The program that the files of a workspace are, as they are now or as a past run had them. */
export class WorkspaceProgram {
  #parts;
  #images;
  /** @type {NoticeText | undefined} */
  #unread;

  /** @param {ProgramParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { language, languages, workbench } = parts;
    this.#images = new ImageWatch(
      () => !language.available,
      (details, fetched) => {
        const couldRun = language.available;
        languages.update(details, fetched);
        if (!workbench.run.isActive && !couldRun) this.showAvailability();
      },
    );
  }

  /** Says why the language cannot run, or that it can by now. */
  showAvailability() {
    const { language, languages, workbench } = this.#parts;
    workbench.view.showCard(languages.card(language, () => this.start()));
    if (!language.available) this.#images.look();
  }

  /** Saves, and runs what is on the screen. */
  async start() {
    const { language, store, editor, panes, workbench } = this.#parts;
    const { run, forRun } = workbench;
    if (run.isActive) return;
    if (!language.available) await this.#images.look();
    if (!this.#isPage || !language.available) panes.show('terminal');
    if (!language.available) return this.showAvailability();
    editor.markErrorLine(null);
    store.save();
    try {
      const request = await this.request();
      if (this.#isPage) return run.start({ ...request, interactive: false });
      run.start({ ...request, ...forRun(language.id) });
    } catch (error) {
      this.#sayUnread('The files could not be read.', error, () => this.start());
    }
  }

  /** @param {string} runId a past run, whose files need not be those that are here now */
  async startPast(runId) {
    const { workspace, language, panes, workbench } = this.#parts;
    const { run, terminal, packages } = workbench;
    try {
      const request = await requestOfRun(runId, workspace.id);
      if (this.#isPage) return run.start(request);
      panes.show('terminal');
      const typed = request.stdin ? {} : terminal.forRun;
      run.start({ ...request, ...typed, ...packages.forRun(language.id) });
      terminal.note('The program of the past run. Your files are as they were.');
    } catch (error) {
      this.#sayUnread('The past run could not be read.', error, () => this.startPast(runId));
    }
  }

  /** What could not be read can be by now. */
  readable() {
    this.#parts.workbench.notice.end(this.#unread);
  }

  /** What is on the screen, without what it reads. */
  async request() {
    const { workspace, language, store } = this.#parts;
    const all = await store.complete();
    const entry = store.at(workspace.entry);
    return {
      language: language.id,
      workspace: workspace.id,
      code: currentText(entry) ?? '',
      files: all.filter((file) => file !== entry).map(sourceFile),
    };
  }

  get #isPage() {
    return this.#parts.language.file.endsWith('.html');
  }

  /**
   * @param {string} title
   * @param {unknown} error
   * @param {() => void} act what is to be done again
   */
  #sayUnread(title, error, act) {
    const text = error instanceof Error ? error.message : '';
    this.#unread = {
      tone: 'bad',
      title,
      text,
      actions: [{ label: 'Run again', first: true, act }],
    };
    this.#parts.workbench.view.showCard(this.#unread);
  }
}

/** @param {StoredFile} file */
function sourceFile(file) {
  return {
    name: file.path,
    content: currentText(file) ?? '',
    encoding: file.isText ? 'utf-8' : 'base64',
  };
}
