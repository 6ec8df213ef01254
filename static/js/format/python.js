import wasm from '@wasm-fmt/ruff_fmt/wasm';
import initialize, { format as run } from '@wasm-fmt/ruff_fmt/web';

/** @type {import('./format.js').Formatter['format']} */
export async function format(text, fileName, indent) {
  await initialize(new URL(wasm, import.meta.url));
  return run(text, fileName, { indent_style: 'space', indent_width: indent });
}
