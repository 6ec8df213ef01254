/** The entry of document pages, which all work without it but where a passkey is used. */

import { findAll } from './ui/dom.js';
import { showLocalTimes } from './ui/local-times.js';
import { wirePasskeys } from './ui/passkeys.js';
import { wireSecret } from './ui/secret.js';
import { wireTheme } from './ui/theme.js';

for (const button of findAll('theme-toggle')) wireTheme(button, () => {});
for (const secret of findAll('secret')) wireSecret(secret);
wirePasskeys();
showLocalTimes();
