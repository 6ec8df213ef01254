/** The entry of document pages, which all work without it but where a passkey is used. */

import { findAll } from './dom.js';
import { wirePasskeys } from './passkeys.js';
import { wireSecret } from './secret.js';
import { wireTheme } from './theme.js';

for (const button of findAll('theme-toggle')) wireTheme(button, () => {});
for (const secret of findAll('secret')) wireSecret(secret);
wirePasskeys();
