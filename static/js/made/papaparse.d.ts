/** As much of it as we use. */
declare module 'papaparse' {
  const Papa: { parse(text: string): { data: string[][] } };
  export default Papa;
}
