/** The entry of the admin's pages, which work without it. */

import { findAll } from '../ui/dom.js';
import { showLocalTimes } from '../ui/local-times.js';
import { wireTheme } from '../ui/theme.js';

for (const button of findAll('theme-toggle')) wireTheme(button, () => {});
showLocalTimes();
