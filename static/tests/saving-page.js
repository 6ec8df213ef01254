/** A page that saves its files, and the server that it saves them to, for the tests of both. */

import { beforeEach } from 'node:test';
import { FileStore } from '../js/files/file-store.js';

/** Keeps files as the server does; the test says when it cannot be reached. */
class FakeServer {
  files = new Map();
  reachable = true;
  answersGetLost = false;
  refuses = false;
  isOthers = false;
  puts = 0;

  put(id, path, content, version = 1) {
    this.files.set(id, { id, path, content, version, encoding: 'utf-8' });
  }

  get list() {
    return [...this.files.values()].map((file) => ({ ...file }));
  }

  async fetch(path, { method, body }) {
    if (!this.reachable) throw new TypeError('Failed to fetch');
    const answer = this.#answer(path, method, body && JSON.parse(body));
    if (this.answersGetLost) throw new TypeError('Failed to fetch');
    const { status = 200, ...content } = answer;
    return { ok: status < 400, status, headers: new Headers(), json: async () => content };
  }

  #answer(path, method, body) {
    if (method === 'GET') return { files: this.list, tree: '' };
    if (method === 'POST') return this.#create(body);
    this.puts += 1;
    const file = this.files.get(Number(path.split('/').at(-1)));
    if (this.isOthers) return { status: 404, code: 'not_found', detail: 'No such workspace.' };
    if (this.refuses) return { status: 413, detail: 'Too much.' };
    if (!file) return { status: 404, code: 'file_gone', detail: 'This file was deleted.' };
    if (body.version !== file.version) {
      return { status: 409, detail: 'It was changed.', file: { ...file } };
    }
    file.content = body.content;
    file.version += 1;
    return { version: file.version };
  }

  #create({ path, content }) {
    this.put(this.files.size + 10, path, content);
    return { tree: '', files: this.list, file: this.list.at(-1) };
  }
}

export let server;
/** What the page in front has told. */
export let told;

beforeEach(() => {
  server = new FakeServer();
  server.put(1, 'main.py', 'one');
  globalThis.window = { addEventListener() {} };
  globalThis.document = { cookie: 'csrftoken=abc' };
  globalThis.fetch = (path, request) => server.fetch(path, request);
  globalThis.localStorage = Object.create({
    getItem(key) {
      return this[key] ?? null;
    },
    setItem(key, value) {
      this[key] = value;
    },
    removeItem(key) {
      delete this[key];
    },
  });
});

/** A page that is opened now, alone, or in a tab among others. */
export function open(tab) {
  told = { state: '', conflicts: 0, replaced: [], removed: [], moved: [] };
  const hooks = {
    onState: (state, { isKept }) => {
      told.state = state;
      told.isKept = isKept;
    },
    onConflict: () => {
      told.conflicts += 1;
    },
    onReplaced: (file) => told.replaced.push(file.base),
    onRemoved: (file) => told.removed.push(file.path),
    onMoved: (file) => told.moved.push(file.path),
  };
  const store = new FileStore('w', server.list, hooks, tab);
  store.begin();
  return store;
}
