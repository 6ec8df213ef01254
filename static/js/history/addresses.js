/** The addresses of one's links: a click takes them into the clipboard, and says so. */

const SAID_FOR_MS = 2000;

/** @param {HTMLInputElement} field */
export function wireAddress(field) {
  const copy = document.createElement('button');
  copy.type = 'button';
  copy.className = 'act';
  copy.textContent = 'Copy';
  copy.setAttribute('aria-live', 'polite');
  copy.addEventListener('click', async () => {
    field.select();
    copy.textContent = (await copied(field.value)) ? 'Copied' : 'Press Ctrl C';
    setTimeout(() => {
      copy.textContent = 'Copy';
    }, SAID_FOR_MS);
  });
  field.after(copy);
}

/**
 * @param {string} text
 * @returns {Promise<boolean>} false where the browser does not let us, as without HTTPS
 */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
