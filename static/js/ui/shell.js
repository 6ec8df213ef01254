import { find } from './dom.js';
import { wireFirstSteps } from './first-steps.js';
import { Panes } from './panes.js';
import { Parts } from './parts.js';
import { wireSoftKeyboard } from './soft-keyboard.js';
import { wireSplitters } from './splitter.js';
import { wireTheme } from './theme.js';

/** @import { Editor } from '../editor/editor.js' */

/**
 * What the scratchpad and a workspace have around their parts.
 *
 * @param {Editor} editor
 * @param {() => void} onTheme the colours on the screen have changed
 */
export function makeShell(editor, onTheme) {
  const layout = new Parts(() => editor.focus());
  const panes = new Panes(layout, (pane) => {
    if (pane === 'code') editor.measure();
  });
  wireTheme(find('theme-toggle'), onTheme);
  wireSplitters(layout);
  wireSoftKeyboard(() => editor.keepCursorInSight());
  wireFirstSteps();
  return { layout, panes };
}
