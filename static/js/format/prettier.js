import * as babel from 'prettier/plugins/babel';
import * as estree from 'prettier/plugins/estree';
import * as html from 'prettier/plugins/html';
import * as markdown from 'prettier/plugins/markdown';
import * as postcss from 'prettier/plugins/postcss';
import { format as run } from 'prettier/standalone';

const plugins = [babel, estree, html, markdown, postcss];

/** @type {import('./format.js').Formatter['format']} */
export function format(text, fileName, indent) {
  return run(text, { filepath: fileName, plugins, tabWidth: indent, printWidth: 100 });
}
