import { WebLinksAddon } from '@xterm/addon-web-links';
import { find } from '../ui/dom.js';

/** @import { Terminal } from '@xterm/xterm' */

/**
 * Makes links of the addresses that stand in the output, and of texts that a program gives an
 * address (OSC 8). Where one of these leads is shown while it is pointed at.
 *
 * @param {Terminal} xterm
 */
export function linkTheWeb(xterm) {
  const shown = find('link-address');
  const hide = () => {
    shown.hidden = true;
  };
  xterm.loadAddon(new WebLinksAddon((_, address) => openElsewhere(address)));
  xterm.options.linkHandler = {
    activate: (_, address) => openElsewhere(address),
    hover: (_, address) => {
      shown.textContent = new URL(address).href;
      shown.hidden = false;
    },
    leave: hide,
  };
  // The link that was pointed at may be gone without the pointer having left it.
  xterm.element?.addEventListener('mouseleave', hide);
}

/**
 * Follows a program's link; where it leads is told nothing of this page.
 *
 * @param {string} address
 */
function openElsewhere(address) {
  if (/^https?:/i.test(address)) window.open(address, '_blank', 'noopener,noreferrer');
}
