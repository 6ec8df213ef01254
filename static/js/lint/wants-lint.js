import { Facet } from '@codemirror/state';

/** Whether problems are to be shown as one types. */
export const wantsLint =
  /** @type {Facet<boolean, boolean>} */
  (Facet.define({ combine: (wanted) => wanted.at(-1) ?? false }));
