import wasm from '@wasm-fmt/shfmt/wasm';
import initialize, { format as run } from '@wasm-fmt/shfmt/web';

/** @type {import('./format.js').Formatter['format']} */
export async function format(text, fileName, indent) {
  await initialize(new URL(wasm, import.meta.url));
  return run(text, fileName, { indent });
}
