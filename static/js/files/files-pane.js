import { element, find } from '../ui/dom.js';
import { RefusedError } from '../ui/server.js';
import { droppedFiles, isZip, pickedFiles } from './dropped-files.js';
import { FileTree, folderAt } from './file-tree.js';
import { PathDialog } from './path-dialog.js';

/** @import { Upload } from './dropped-files.js' */
/** @import { FileStore } from './file-store.js' */
/** @import { KeepFile } from '../made/made-files.js' */
/** @import { Chosen } from './file-tree.js' */
/** @import { FilesAnswer } from '../types.js' */

/**
 * @typedef {object} FilesPaneParts
 * @property {string} workspaceId
 * @property {FileStore} store
 * @property {(id: number) => void} onOpen
 * @property {() => void} onSay something is told here, which is to be seen
 */

/** @typedef {{ replace?: boolean, unpack?: boolean }} UploadChoice */

/** The list of files, and what can be done to them. */
export class FilesPane {
  #parts;
  #tree;
  #dialog = new PathDialog();
  #pane = find('files');
  #said = find('files-said');
  #message = element('div');
  #acts = find('file-acts');
  #download = /** @type {HTMLAnchorElement} */ (find('download-file'));

  /** @param {FilesPaneParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#said.append(this.#message);
    this.#tree = new FileTree({
      onOpen: ({ id }) => id !== null && parts.onOpen(id),
      onChoose: (chosen) => this.#showActs(chosen),
      onRename: (chosen) => this.#rename(chosen),
      onDelete: (chosen) => this.#delete(chosen),
      onMove: (path, folder) => this.#move(path, folder),
      onRestore: (deletion, path) => this.#bringBack(deletion, path),
    });
    find('new-file').addEventListener('click', () => this.#create());
    find('rename').addEventListener('click', () => this.#onChosen((one) => this.#rename(one)));
    find('duplicate').addEventListener('click', () => this.#onChosen((one) => this.#copy(one)));
    find('delete').addEventListener('click', () => this.#onChosen((one) => this.#delete(one)));
    this.#wirePicker('upload', 'upload-input');
    this.#wirePicker('upload-folder', 'folder-input');
    for (const place of [this.#pane, find('code')]) this.#wireDropping(place);
  }

  /** @param {string} path */
  choose(path) {
    this.#tree.choose(path);
  }

  focus() {
    this.#tree.enter();
  }

  /** @type {KeepFile} */
  async keep(path, content, replaces) {
    if (!replaces && this.#parts.store.at(path)) {
      throw new RefusedError(409, { detail: 'The workspace has a file of this name.' });
    }
    await this.#change('upload', uploadForm([{ path, file: content }], '', { replace: replaces }));
  }

  /** What was changed elsewhere; no matter if it cannot be asked for just now. */
  async refresh() {
    try {
      this.#tree.draw(await this.#parts.store.refresh());
    } catch {}
  }

  /** @param {Chosen | null} chosen */
  #showActs(chosen) {
    this.#acts.hidden = chosen === null;
    this.#download.hidden = chosen?.id == null;
    if (chosen?.id != null)
      this.#download.href = `/w/${this.#parts.workspaceId}/files/${chosen.id}`;
  }

  /** @param {(chosen: Chosen) => void} act */
  #onChosen(act) {
    if (this.#tree.chosen) act(this.#tree.chosen);
  }

  /**
   * @param {Parameters<FileStore['change']>[0]} what
   * @param {object | FormData} content
   */
  async #change(what, content) {
    const answer = await this.#parts.store.change(what, content);
    this.#tree.draw(answer.tree);
    this.#message.replaceChildren();
    return answer;
  }

  #create() {
    const { folder } = this.#tree;
    this.#dialog.ask({
      title: 'New file',
      submit: 'Create',
      path: folder && `${folder}/`,
      act: async (path) => {
        await this.#change('files', { path });
      },
      done: (path) => {
        this.#tree.choose(path);
        const file = this.#parts.store.at(path);
        if (file) this.#parts.onOpen(file.id);
      },
    });
  }

  /** @param {Chosen} chosen */
  #rename({ path, id }) {
    this.#dialog.ask({
      title: id === null ? 'Rename or move the folder' : 'Rename or move the file',
      submit: 'Rename',
      path,
      act: async (to) => {
        await this.#change('move', { path, to });
      },
      done: (to) => this.#tree.focus(to),
    });
  }

  /**
   * @param {string} path
   * @param {string} folder
   */
  async #move(path, folder) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const to = folder ? `${folder}/${name}` : name;
    if (to !== path) await this.#tell(() => this.#change('move', { path, to }));
  }

  /** @param {Chosen} chosen */
  async #copy({ path }) {
    const answer = await this.#tell(() => this.#change('copy', { path }));
    if (!answer?.path) return;
    this.#tree.focus(answer.path);
    const file = this.#parts.store.at(answer.path);
    if (file) this.#parts.onOpen(file.id);
  }

  /** @param {Chosen} chosen */
  async #delete({ path }) {
    const answer = await this.#tell(() => this.#change('remove', { path }));
    if (!answer) return;
    const undo = () => this.#bringBack(answer.deletion ?? '', path);
    this.#say(`${path} is deleted.`, { label: 'Undo', act: undo });
  }

  /**
   * @param {string} deletion
   * @param {string} path
   */
  async #bringBack(deletion, path) {
    if (await this.#tell(() => this.#change('undo', { deletion }))) this.#tree.choose(path);
    else await this.refresh();
  }

  /**
   * A zip is unpacked only where somebody says so.
   *
   * @param {Upload[]} uploads
   * @param {string} folder
   */
  async #take(uploads, folder) {
    const zips = await zipsAmong(uploads);
    if (zips.length === 0) {
      await this.#upload(uploads, folder);
      return;
    }
    const isOne = zips.length === 1;
    const choose = (/** @type {boolean} */ unpack) => () =>
      this.#upload(uploads, folder, { unpack });
    this.#ask(
      zipWords(zips, uploads.length - zips.length),
      { label: 'Unpack', act: choose(true) },
      { label: isOne ? 'Keep as a file' : 'Keep as files', act: choose(false) },
    );
  }

  /**
   * @param {Upload[]} uploads
   * @param {string} folder
   * @param {UploadChoice} [choice]
   */
  async #upload(uploads, folder, choice = {}) {
    if (uploads.length === 0) return;
    const form = uploadForm(uploads, folder, choice);
    this.#say(uploads.length === 1 ? 'Uploading…' : `Uploading ${uploads.length} files…`);
    try {
      await this.#change('upload', form);
      this.#say(uploads.length === 1 ? 'Uploaded.' : `${uploads.length} files uploaded.`);
    } catch (error) {
      if (!(error instanceof RefusedError && error.status === 409)) return this.#sayError(error);
      const act = () => this.#upload(uploads, folder, { ...choice, replace: true });
      this.#ask(error.message, { label: 'Replace', act });
    }
  }

  /**
   * @param {() => Promise<FilesAnswer>} change
   * @returns {Promise<FilesAnswer | undefined>} undefined where it was refused, which is said
   */
  async #tell(change) {
    try {
      return await change();
    } catch (error) {
      this.#sayError(error);
      return undefined;
    }
  }

  /** @param {unknown} error */
  #sayError(error) {
    if (!(error instanceof Error)) throw error;
    const errors = error instanceof RefusedError ? (error.body?.errors ?? []) : [];
    if (errors.length < 2) return this.#say(error.message);
    this.#say('Nothing was changed:');
    const items = errors.map((/** @type {{ field: string, message: string }} */ one) =>
      element('li', {}, `${one.field}: ${one.message}`),
    );
    this.#message.append(element('ul', {}, ...items));
  }

  /**
   * @param {string} text
   * @param {{ label: string, act: () => void }[]} acts
   */
  #say(text, ...acts) {
    const buttons = acts.map(({ label, act }) => element('button', { onclick: act }, label));
    this.#message.replaceChildren(element('span', {}, text), ...buttons);
    this.#parts.onSay();
  }

  /**
   * Takes the place of what was said, and stays beside what is said or asked after it, until somebody chooses.
   *
   * @param {string} text
   * @param {{ label: string, act: () => void }[]} acts
   */
  #ask(text, ...acts) {
    this.#message.replaceChildren();
    const question = element('div', {}, element('span', {}, text));
    for (const { label, act } of [...acts, { label: 'Cancel', act: () => {} }]) {
      const choose = () => {
        question.remove();
        act();
      };
      question.append(element('button', { onclick: choose }, label));
    }
    this.#said.append(question);
    question.scrollIntoView({ block: 'nearest' });
    this.#parts.onSay();
  }

  /**
   * @param {string} button
   * @param {string} input
   */
  #wirePicker(button, input) {
    const picker = /** @type {HTMLInputElement} */ (find(input));
    find(button).addEventListener('click', () => picker.click());
    picker.addEventListener('change', async () => {
      await this.#take(pickedFiles(/** @type {FileList} */ (picker.files)), this.#tree.folder);
      picker.value = '';
    });
  }

  /** @param {HTMLElement} place whose own way with files, as the editor's, is not taken */
  #wireDropping(place) {
    const onFiles = (/** @type {(event: DragEvent, transfer: DataTransfer) => void} */ act) => {
      return (/** @type {DragEvent} */ event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        event.stopPropagation();
        act(event, event.dataTransfer);
      };
    };
    const mark = (/** @type {boolean} */ isOver) => place.toggleAttribute('data-dropping', isOver);
    place.addEventListener('dragleave', () => mark(false));
    place.addEventListener(
      'dragover',
      onFiles(() => mark(true)),
      true,
    );
    const take = onFiles(async (event, transfer) => {
      mark(false);
      const folder = folderAt(event);
      this.#take(await droppedFiles(transfer), folder);
    });
    place.addEventListener('drop', take, true);
  }
}

/**
 * One within a folder is a file of it.
 *
 * @param {Upload[]} uploads
 */
async function zipsAmong(uploads) {
  const flags = await Promise.all(
    uploads.map((one) => !one.path.includes('/') && isZip(one).catch(() => false)),
  );
  return uploads.filter((_, place) => flags[place]);
}

/**
 * @param {Upload[]} zips
 * @param {number} others how many other files came with them
 */
function zipWords(zips, others) {
  const what =
    zips.length === 1 ? `${zips[0]?.path} is a zip.` : `${zips.length} of these are zips.`;
  if (others === 0) return what;
  return `${what} ${others === 1 ? '1 other file waits' : `${others} other files wait`} for your answer.`;
}

/**
 * @param {{ path: string, file: Blob }[]} uploads
 * @param {string} folder
 * @param {UploadChoice} choice
 */
function uploadForm(uploads, folder, { replace = false, unpack = false }) {
  const form = new FormData();
  form.set('replace', String(replace));
  form.set('unpack', String(unpack));
  for (const { path, file } of uploads) {
    form.append('files', file, 'file');
    form.append('paths', folder ? `${folder}/${path}` : path);
  }
  return form;
}
