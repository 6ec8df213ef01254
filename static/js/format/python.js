import wasm from '@wasm-fmt/ruff_fmt/wasm';
import initialize, { format as run } from '@wasm-fmt/ruff_fmt/web';

await initialize(new URL(wasm, import.meta.url));

/** @type {import('./format.js').Formatter['format']} */
export function format(text, fileName, indent) {
  return run(text, fileName, { indent_style: 'space', indent_width: indent });
}
