import wasm from '@wasm-fmt/clang-format/wasm';
import initialize, { format as run } from '@wasm-fmt/clang-format/web';

/** @type {import('./format.js').Formatter['format']} */
export async function format(text, fileName, indent) {
  await initialize(new URL(wasm, import.meta.url));
  const style = { BasedOnStyle: 'LLVM', IndentWidth: indent, AccessModifierOffset: -indent };
  return run(text, fileName, JSON.stringify(style));
}
