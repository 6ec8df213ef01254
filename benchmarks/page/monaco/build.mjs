/** Builds Monaco's script and styles: `node build.mjs FOLDER`, from its `node_modules` to its `site`. */

import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const folder = process.argv[2];
if (!folder) throw new Error('Which folder?');

await build({
  entryPoints: { page: join(here, 'page.js'), worker: 'monaco-editor/editor/editor.worker.js' },
  outdir: join(folder, 'site'),
  nodePaths: [join(folder, 'node_modules')],
  entryNames: '[name]',
  chunkNames: 'chunks/[name]-[hash]',
  assetNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2023',
  loader: { '.ttf': 'file' },
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
});
