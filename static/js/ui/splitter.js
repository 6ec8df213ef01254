import { find } from './dom.js';
import { recall, remember } from './storage.js';

const KEY_STEP = 2;

/** The line between editor and output: drag it, or move it with the arrow keys. */
export function wireSplitter() {
  const splitter = find('splitter');
  const main = find('main');
  const least = Number(splitter.getAttribute('aria-valuemin'));
  const most = Number(splitter.getAttribute('aria-valuemax'));

  /** @param {number} share of the width, in percent */
  const place = (share) => {
    const kept = Math.round(Math.min(most, Math.max(least, share)));
    main.style.setProperty('--editor-share', `${kept}%`);
    splitter.setAttribute('aria-valuenow', String(kept));
    remember('local', 'editor-share', String(kept));
  };
  /** @param {boolean} moving */
  const setMoving = (moving) => {
    splitter.toggleAttribute('data-moving', moving);
    document.body.toggleAttribute('data-resizing', moving);
  };

  splitter.addEventListener('pointerdown', (event) => {
    splitter.setPointerCapture(event.pointerId);
    setMoving(true);
    event.preventDefault();
  });
  splitter.addEventListener('pointermove', (event) => {
    if (!splitter.hasPointerCapture(event.pointerId)) return;
    const { left, width } = main.getBoundingClientRect();
    place(((event.clientX - left) / width) * 100);
  });
  splitter.addEventListener('lostpointercapture', () => setMoving(false));
  splitter.addEventListener('keydown', (event) => {
    const now = Number(splitter.getAttribute('aria-valuenow'));
    const to = { ArrowLeft: now - KEY_STEP, ArrowRight: now + KEY_STEP, Home: least, End: most };
    const share = to[/** @type {keyof typeof to} */ (event.key)];
    if (share === undefined) return;
    event.preventDefault();
    place(share);
  });

  const kept = Number(recall('local', 'editor-share'));
  if (kept) place(kept);
}
