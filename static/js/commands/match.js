/**
 * How well what is typed fits a command's label: its letters in their order, the better the more
 * they begin words and follow each other.
 *
 * @param {string} typed
 * @param {string} label
 * @returns {number | null} null where it does not fit
 */
export function fit(typed, label) {
  const wanted = typed.toLowerCase().replaceAll(' ', '');
  const text = label.toLowerCase();
  let score = 0;
  let last = -1;
  for (const letter of wanted) {
    const next = nextPlace(text, letter, last);
    if (next === -1) return null;
    if (next === last + 1) score += 2;
    if (beginsWord(text, next)) score += 3;
    last = next;
  }
  return score - text.length / 100;
}

/**
 * Where a letter goes on: right behind the last one, else at the next word that it begins, else
 * wherever it comes next.
 *
 * @param {string} text
 * @param {string} letter
 * @param {number} last
 */
function nextPlace(text, letter, last) {
  if (text[last + 1] === letter) return last + 1;
  for (let at = text.indexOf(letter, last + 1); at !== -1; at = text.indexOf(letter, at + 1)) {
    if (beginsWord(text, at)) return at;
  }
  return text.indexOf(letter, last + 1);
}

/**
 * @param {string} text
 * @param {number} at
 */
function beginsWord(text, at) {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '');
}
