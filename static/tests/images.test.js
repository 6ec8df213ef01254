import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { ImageWatch } from '../js/run/image-watch.js';
import { Languages } from '../js/ui/languages.js';

const language = (id, image, available) => ({
  id,
  name: id.toUpperCase(),
  version: '1',
  image,
  file: `main.${id}`,
  network: false,
  available,
  reason: available ? null : `The image ${image} is not on this machine.`,
});
const FETCHING = { fetching: 'gcc:12', missing: ['gcc:12', 'jdk:21'], progress: 0.4 };
const DONE = { fetching: null, missing: [], progress: null };

/** The server's answers to one question after the other, the last one for ever. */
let answers;
let asked;
const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  asked = 0;
  globalThis.fetch = async (path) => {
    const now = answers[Math.min(Math.floor(asked / 2), answers.length - 1)];
    asked += 1;
    if (!now) throw new TypeError('offline');
    const isStatus = path === '/api/status';
    return {
      ok: true,
      json: async () => (isStatus ? { runner: { images: now } } : { details: [] }),
    };
  };
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

/** A watch that has looked once; `news` gathers what it told. */
async function watching(isNeeded = () => true) {
  const news = [];
  const watch = new ImageWatch(isNeeded, (_, images) => news.push(images));
  await watch.look();
  return { news, watch };
}

async function pass(ms) {
  mock.timers.tick(ms);
  await settled();
}

test('it asks again while an image is fetched, and no longer', async () => {
  answers = [FETCHING, FETCHING, DONE];
  const { news } = await watching();
  await pass(3000);
  await pass(3000);
  await pass(60_000);
  assert.deepEqual(news, [FETCHING, FETCHING, DONE]);
});

test('it asks once where nothing is fetched', async () => {
  answers = [DONE];
  const { news } = await watching();
  await pass(60_000);
  assert.deepEqual(news, [DONE]);
});

test('it asks nothing that nobody needs to know', async () => {
  answers = [FETCHING];
  let needed = true;
  const { news } = await watching(() => needed);
  needed = false;
  await pass(60_000);
  assert.equal(news.length, 1);
});

test('a server that does not answer for once is asked again', async () => {
  answers = [FETCHING, null, DONE];
  const { news } = await watching();
  await pass(3000);
  await pass(3000);
  assert.deepEqual(news, [FETCHING, DONE]);
});

test('each language says where it stands', () => {
  const [cpp, java, python] = [
    language('cpp', 'gcc:12', false),
    language('java', 'jdk:21', false),
    language('py', 'python:3', true),
  ];
  const languages = new Languages([cpp, java, python]);
  assert.match(languages.note(cpp), /^Not available: The image/);
  languages.update([], FETCHING);
  assert.equal(languages.note(cpp), 'Getting ready, 40 %');
  assert.equal(languages.note(java), 'Gets ready next');
  assert.equal(languages.note(python), '');
  assert.equal(languages.notice(cpp).progress, 0.4);
  languages.update([{ ...cpp, available: true, reason: null }], DONE);
  assert.equal(languages.note(cpp), '');
  assert.equal(languages.of('cpp').available, true);
});
