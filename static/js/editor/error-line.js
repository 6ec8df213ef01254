import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView } from '@codemirror/view';

/** Marks the line at which the last run failed; null clears. Any edit clears it too. */
export const setErrorLine =
  /** @type {import('@codemirror/state').StateEffectType<number | null>} */ (StateEffect.define());

const mark = Decoration.line({ class: 'cm-error-line' });

export const errorLine = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setErrorLine)) continue;
      const number = effect.value;
      if (number === null || number < 1 || number > transaction.state.doc.lines) {
        return Decoration.none;
      }
      return Decoration.set(mark.range(transaction.state.doc.line(number).from));
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});
