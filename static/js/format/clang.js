import wasm from '@wasm-fmt/clang-format/wasm';
import initialize, { format as run } from '@wasm-fmt/clang-format/web';

await initialize(new URL(wasm, import.meta.url));

/** @type {import('./format.js').Formatter['format']} */
export function format(text, fileName, indent) {
  const style = { BasedOnStyle: 'LLVM', IndentWidth: indent, AccessModifierOffset: -indent };
  return run(text, fileName, JSON.stringify(style));
}
