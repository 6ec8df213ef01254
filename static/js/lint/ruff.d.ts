/** esbuild gives the path of what it has put beside the chunks, from there. */
declare module '@astral-sh/ruff-wasm-web/ruff_wasm_bg.wasm' {
  const path: string;
  export default path;
}
