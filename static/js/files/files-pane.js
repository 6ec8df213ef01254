import { find } from '../ui/dom.js';
import { RefusedError } from '../ui/server.js';
import { FileTree } from './file-tree.js';
import { FilesSaid } from './files-said.js';
import { PathDialog } from './path-dialog.js';
import { Uploads, uploadForm } from './uploads.js';

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

/** The list of files, and what can be done to them. */
export class FilesPane {
  #parts;
  #tree;
  #dialog = new PathDialog();
  #said;
  #acts = find('file-acts');
  #download = /** @type {HTMLAnchorElement} */ (find('download-file'));

  /** @param {FilesPaneParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#said = new FilesSaid(parts.onSay);
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
    new Uploads({
      tree: this.#tree,
      said: this.#said,
      change: (what, form) => this.#change(what, form),
    });
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
    this.#said.clear();
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
        this.#tree.reveal(path);
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
    this.#said.say(`${path} is deleted.`, { label: 'Undo', act: undo });
  }

  /**
   * @param {string} deletion
   * @param {string} path
   */
  async #bringBack(deletion, path) {
    if (await this.#tell(() => this.#change('undo', { deletion }))) this.#tree.reveal(path);
    else await this.refresh();
  }

  /**
   * @param {() => Promise<FilesAnswer>} change
   * @returns {Promise<FilesAnswer | undefined>} undefined where it was refused, which is said
   */
  async #tell(change) {
    try {
      return await change();
    } catch (error) {
      this.#said.sayError(error);
      return undefined;
    }
  }
}
