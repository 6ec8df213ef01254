/** The theme that was chosen on the site, before the admin's page is painted. No module: it must not
 * wait for the page, and Django's template has no place for the attribute. */

const chosen = document.cookie.match(/(?:^|; )theme=(light|dark)(?:;|$)/)?.[1];
if (chosen) document.documentElement.dataset.theme = chosen;
