/** Files as the browser gives them, each with its path. */

/** @typedef {{ path: string, file: Blob }} Upload */

/**
 * @param {Iterable<File>} list of an `<input type="file">`, of files or of a folder
 * @returns {Upload[]}
 */
export function pickedFiles(list) {
  return [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/**
 * By its name and by how it begins: a text may be called so, too.
 *
 * @param {Upload} upload
 */
export async function isZip({ path, file }) {
  if (!/\.zip$/i.test(path)) return false;
  const start = await file.slice(0, 2).text();
  return start === 'PK';
}

/**
 * What was dropped, with all that is in dropped folders.
 *
 * @param {DataTransfer} transfer
 * @returns {Promise<Upload[]>}
 */
export async function droppedFiles(transfer) {
  // The list is empty as soon as the event is over.
  const found = [...transfer.items].map((item) => {
    const entry = item.webkitGetAsEntry();
    return entry ? filesIn(entry) : pickedFiles([item.getAsFile()].filter((file) => file !== null));
  });
  return (await Promise.all(found)).flat();
}

/**
 * @param {FileSystemEntry} entry
 * @returns {Promise<Upload[]>}
 */
async function filesIn(entry) {
  if (entry.isDirectory) {
    const inside = await entriesOf(/** @type {FileSystemDirectoryEntry} */ (entry));
    return (await Promise.all(inside.map(filesIn))).flat();
  }
  const one = /** @type {FileSystemFileEntry} */ (entry);
  const file = await new Promise((resolve, reject) => one.file(resolve, reject));
  return [{ path: entry.fullPath.replace(/^\//, ''), file }];
}

/**
 * A reader gives a hundred at a time, and at the end none.
 *
 * @param {FileSystemDirectoryEntry} folder
 * @returns {Promise<FileSystemEntry[]>}
 */
async function entriesOf(folder) {
  const reader = folder.createReader();
  /** @type {FileSystemEntry[]} */
  const all = [];
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
