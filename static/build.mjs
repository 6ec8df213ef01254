/** Builds the front end into `static/dist/`; with `--watch`, again after every change. */

import { readFile, rm } from 'node:fs/promises';
import { context } from 'esbuild';

const OUT = 'static/dist';

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
  plugins: [emacsKeys, ownMessages],
  logLevel: 'warning',
});
if (process.argv.includes('--watch')) {
  await build.watch();
} else {
  await build.rebuild();
  await build.dispose();
}
