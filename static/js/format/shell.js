import wasm from '@wasm-fmt/shfmt/wasm';
import initialize, { format as run } from '@wasm-fmt/shfmt/web';

await initialize(new URL(wasm, import.meta.url));

/** @type {import('./format.js').Formatter['format']} */
export function format(text, fileName, indent) {
  return run(text, fileName, { indent });
}
