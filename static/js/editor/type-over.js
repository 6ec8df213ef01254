import { EditorView } from '@codemirror/view';

/**
 * Typing over a selection, done by CodeMirror and not by the browser. Chromium gives the new text
 * the colours of the old in a `style` attribute, which the page's Content-Security-Policy forbids
 * and reports as a violation.
 */
export const typeOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { state } = view;
    const text = event.data;
    if (event.inputType !== 'insertText' || !text) return false;
    if (state.selection.main.empty || view.composing) return false;
    const { from, to } = state.selection.main;
    const typed = () => state.update(state.replaceSelection(text), { userEvent: 'input.type' });
    const handlers = state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, text, typed))) view.dispatch(typed());
    return true;
  },
});
