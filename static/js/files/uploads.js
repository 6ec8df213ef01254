import { find } from '../ui/dom.js';
import { RefusedError } from '../ui/server.js';
import { droppedFiles, isZip, pickedFiles } from './dropped-files.js';
import { folderAt } from './file-tree.js';

/** @import { FilesAnswer } from '../types.js' */
/** @import { Upload } from './dropped-files.js' */
/** @import { FilesSaid } from './files-said.js' */
/** @import { FileTree } from './file-tree.js' */

/** @typedef {{ replace?: boolean, unpack?: Upload[] }} UploadChoice */

/**
 * @typedef {object} UploadsParts
 * @property {FileTree} tree
 * @property {FilesSaid} said
 * @property {(what: 'upload', form: FormData) => Promise<FilesAnswer>} change
 */

/** Files that are picked or dropped: asked about where there is a choice, and sent. */
export class Uploads {
  #parts;

  /** @param {UploadsParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#wirePicker('upload', 'upload-input');
    this.#wirePicker('upload-folder', 'folder-input');
    for (const place of [find('files'), find('code')]) this.#wireDropping(place);
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
    const choose = (/** @type {boolean} */ unpacks) => () =>
      this.#upload(uploads, folder, { unpack: unpacks ? zips : [] });
    this.#parts.said.ask(
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
    const { said, change } = this.#parts;
    const form = uploadForm(uploads, folder, choice);
    said.say(uploads.length === 1 ? 'Uploading…' : `Uploading ${uploads.length} files…`);
    try {
      await change('upload', form);
      said.say(uploads.length === 1 ? 'Uploaded.' : `${uploads.length} files uploaded.`);
    } catch (error) {
      if (!(error instanceof RefusedError && error.status === 409)) return said.sayError(error);
      const act = () => this.#upload(uploads, folder, { ...choice, replace: true });
      said.ask(error.message, { label: 'Replace', act });
    }
  }

  /**
   * @param {string} button
   * @param {string} input
   */
  #wirePicker(button, input) {
    const picker = /** @type {HTMLInputElement} */ (find(input));
    find(button).addEventListener('click', () => picker.click());
    picker.addEventListener('change', async () => {
      await this.#take(
        pickedFiles(/** @type {FileList} */ (picker.files)),
        this.#parts.tree.folder,
      );
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
 * @param {Upload[]} uploads
 * @param {string} folder
 * @param {UploadChoice} choice
 */
export function uploadForm(uploads, folder, { replace = false, unpack = [] }) {
  const form = new FormData();
  form.set('replace', String(replace));
  for (const upload of uploads) {
    const { path, file } = upload;
    form.append('files', file, 'file');
    form.append('paths', folder ? `${folder}/${path}` : path);
    form.append('unpack', String(unpack.includes(upload)));
  }
  return form;
}
