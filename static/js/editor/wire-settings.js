import { SettingsDialog } from './settings-dialog.js';

/** @import { Command } from '../commands/commands.js' */
/** @import { Editor } from './editor.js' */
/** @import { Settings, SettingsStore } from './settings.js' */

/**
 * Gives the editor its settings, now and whenever they change.
 *
 * @param {Editor} editor
 * @param {SettingsStore} store
 * @param {(settings: Settings) => void} onChange
 * @returns {Command} that shows them
 */
export function wireSettings(editor, store, onChange) {
  /** @param {Settings} settings */
  const apply = (settings) => {
    document.documentElement.style.setProperty('--code-size', `${settings.font_size}px`);
    editor.documents.configure(settings);
    onChange(settings);
  };
  const dialog = new SettingsDialog(store, apply, () => showAsChosen(store));
  apply(store.value);
  return { label: 'Editor settings', group: 'Editor', run: () => dialog.open() };
}

/**
 * A page with the assistant is another one than a page without it.
 *
 * @param {SettingsStore} store
 */
async function showAsChosen(store) {
  const isThere = document.querySelector('[data-panel=assistant]') !== null;
  if (store.value.assistant === isThere) return;
  if (await store.saved()) location.reload();
}
