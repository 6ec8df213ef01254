/** The entry of the list of workspaces, which works without it, too: then each step is a page. */

import 'htmx.org';
import { findAll } from './ui/dom.js';
import { watchTroubles } from './ui/troubles.js';

for (const button of findAll('no-script')) button.hidden = true;
watchTroubles({ kept: () => '' });
