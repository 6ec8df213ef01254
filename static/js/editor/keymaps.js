/** The keys of other editors, each a chunk of its own that loads when it is chosen. */

/** @import { Extension } from '@codemirror/state' */
/** @import { Settings } from './settings.js' */

/**
 * @param {Settings['keymap']} name
 * @returns {Promise<Extension>} empty, the standard one, also while the network is gone
 */
export async function loadKeymap(name) {
  try {
    if (name === 'vim') return (await import('@replit/codemirror-vim')).vim({ status: true });
    if (name === 'emacs') return (await import('@replit/codemirror-emacs')).emacs();
  } catch {}
  return [];
}
