/** The entry of the pages of past and shared runs, which are read without it. */

import { OtherTabs } from './files/other-tabs.js';
import { wireAddress } from './history/addresses.js';
import { showMadeThen } from './history/made-then.js';
import { Player } from './history/player.js';
import { nonceForNewStyles, pageNonce, setSpanStylesAsProperties } from './ui/csp.js';
import { findAll } from './ui/dom.js';

nonceForNewStyles(pageNonce());
setSpanStylesAsProperties();

const players = findAll('replay').map((host) => new Player(host));
showMadeThen();
for (const { dataset } of findAll('changed-workspace')) {
  new OtherTabs(dataset.changedWorkspace ?? '', () => {}).tell();
}
for (const field of findAll('address')) wireAddress(/** @type {HTMLInputElement} */ (field));
for (const button of findAll('theme-toggle')) {
  button.addEventListener('click', () => {
    for (const player of players) player.repaint();
  });
}
