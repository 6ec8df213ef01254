/**
 * @param {string} text
 * @returns {Promise<boolean>} false where the browser does not let us, as without HTTPS
 */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
