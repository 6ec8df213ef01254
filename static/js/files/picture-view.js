import { sayIfBroken } from '../made/pictures.js';
import { element, find } from '../ui/dom.js';

const PICTURE = /\.(?:avif|bmp|gif|ico|jpe?g|png|svg|webp)$/i;

/** @param {string} path */
export function isPicture(path) {
  return PICTURE.test(path);
}

/** Where a picture among the files is looked at, in place of the editor. */
export class PictureView {
  #host = find('picture');

  /**
   * @param {string} path
   * @param {string} url
   */
  show(path, url) {
    const image = element('img', { className: 'made-picture', src: url, alt: path });
    this.#host.replaceChildren(image);
    sayIfBroken(image);
    this.#host.hidden = false;
  }

  hide() {
    this.#host.hidden = true;
    this.#host.replaceChildren();
  }
}
