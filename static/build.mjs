/** Builds the front end into `static/dist/`; with `--watch`, again after every change. */

import { readFile, rm, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { context } from 'esbuild';

const OUT = 'static/dist';
/** Where this is imported as the page runs, it comes right after the page's first modules. */
const LATE = 'static/js/workbench.js';

/** The package marks the calls that bind its keys as pure, so that they would be left out. */
const emacsKeys = {
  name: 'emacs-keys',
  setup(build) {
    build.onLoad({ filter: /codemirror-emacs\/dist\/index\.js$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      return { contents: code.replaceAll('/*@__PURE__*/EmacsHandler', 'EmacsHandler') };
    });
  },
};

/** The terminal reads each message to the window, however large a page in a frame has made it. */
const ownMessages = {
  name: 'own-messages',
  setup(build) {
    build.onLoad({ filter: /@xterm\/.*\.mjs$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      const reading = /(\w+)\.data&&\1\.data\.vscodeScheduleAsyncWork/g;
      return { contents: code.replace(reading, '$1.source===self&&$&') };
    });
  },
};

/** Writes down which modules each page loads, so that it can ask for them all at once. */
const listModules = {
  name: 'list-modules',
  setup(build) {
    build.onEnd(async ({ metafile: { outputs } }) => {
      const pages = Object.keys(outputs).filter((path) => /^static\/dist\/[^/]+\.js$/.test(path));
      const lists = pages.map((path) => [relative(OUT, path), modulesOf(path, outputs)]);
      await writeFile(`${OUT}/modules.json`, JSON.stringify(Object.fromEntries(lists)));
    });
  },
};

function modulesOf(path, outputs) {
  const first = importedBy(path, outputs);
  const late = [path, ...first]
    .flatMap((one) => outputs[one].imports)
    .filter(({ path, kind }) => kind === 'dynamic-import' && outputs[path]?.entryPoint === LATE)
    .flatMap(({ path }) => [path, ...importedBy(path, outputs)]);
  const names = (paths) => [...paths].map((one) => relative(OUT, one));
  return { first: names(first), late: names(late.filter((one) => !first.has(one))) };
}

function importedBy(path, outputs, found = new Set()) {
  for (const { path: imported, kind } of outputs[path].imports) {
    if (kind !== 'import-statement' || found.has(imported)) continue;
    found.add(imported);
    importedBy(imported, outputs, found);
  }
  return found;
}

await rm(OUT, { recursive: true, force: true });
const build = await context({
  entryPoints: [
    'static/js/format/format-worker.js',
    'static/js/ide.js',
    'static/js/lint/lint-worker.js',
    'static/js/page.js',
    'static/js/preview/preview-worker.js',
    'static/js/replay.js',
    'static/js/search/search-worker.js',
    'static/js/staff/watch.js',
    'static/js/staff/admin-theme.js',
    'static/js/staff/admin.js',
    'static/js/staff/class-view.js',
    'static/js/workspace.js',
    'static/js/workspaces.js',
    'static/css/admin.css',
    'static/css/class-view.css',
    'static/css/dashboard.css',
    'static/css/figures.css',
    'static/css/history.css',
    'static/css/ide.css',
    'static/css/page.css',
    'static/css/person.css',
    'static/css/rosters.css',
    'static/css/staff-run.css',
    'static/css/server-status.css',
    'static/img/favicon.svg',
  ],
  outdir: OUT,
  entryNames: '[name]',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2023',
  loader: { '.svg': 'copy', '.wasm': 'file' },
  assetNames: 'chunks/[name]-[hash]',
  minify: true,
  legalComments: 'none',
  metafile: true,
  plugins: [emacsKeys, ownMessages, listModules],
  logLevel: 'warning',
});
if (process.argv.includes('--watch')) {
  await build.watch();
} else {
  await build.rebuild();
  await build.dispose();
}
