/** The same as what `layout.css` takes for one pane at a time with a keyboard below it. */
const LOW_PX = 460;

/** @returns {boolean} whether there is a real one, as far as a page can tell; as in `output.css` */
export function hasKeyboard() {
  return matchMedia('(hover: hover) and (pointer: fine)').matches;
}

/**
 * Keeps the page within what the on-screen keyboard leaves of the screen. Some browsers make the
 * page smaller themselves, as it asks them to; Safari lays the keyboard over it.
 *
 * @param {() => void} onChange the room is another
 */
export function wireSoftKeyboard(onChange) {
  const seen = window.visualViewport;
  if (!seen) return;
  const fit = () => {
    if (seen.scale > 1.01) return; // somebody looks closer
    const isCovered = window.innerHeight - seen.height > 1;
    const { body } = document;
    if (isCovered) body.style.setProperty('--seen-height', `${seen.height}px`);
    else body.style.removeProperty('--seen-height');
    body.toggleAttribute('data-low', seen.height <= LOW_PX);
    if (isCovered) window.scrollTo(0, 0);
    onChange();
  };
  seen.addEventListener('resize', fit);
  fit();
}
