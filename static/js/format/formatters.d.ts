/** esbuild gives the path of what it has put beside the chunks, from there. */

declare module '@wasm-fmt/clang-format/wasm' {
  const path: string;
  export default path;
}

declare module '@wasm-fmt/ruff_fmt/wasm' {
  const path: string;
  export default path;
}

declare module '@wasm-fmt/shfmt/wasm' {
  const path: string;
  export default path;
}
