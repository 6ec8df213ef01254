/** The tiles of the class view: the list follows the server, but never moves under the pointer. */
export class Students {
  #list;
  /** @type {number[] | null} the order that waits until nobody is among the tiles */
  #waiting = null;
  #isPointedAt = false;

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
    // A finger has left as soon as it has touched.
    list.addEventListener('pointerenter', ({ pointerType }) => {
      this.#isPointedAt = pointerType === 'mouse';
    });
    list.addEventListener('pointerleave', () => {
      this.#isPointedAt = false;
      this.#release();
    });
    list.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && list.contains(relatedTarget))) this.#release();
    });
  }

  get count() {
    return this.#list.childElementCount;
  }

  /** Whether another order waits. */
  get isHeld() {
    return this.#waiting !== null;
  }

  /**
   * @param {Record<string, string>} tiles by user id, as the server's own template has drawn them,
   *   which escapes every word
   * @returns {string[]} the names of those who are stuck since this
   */
  draw(tiles) {
    const stuck = [];
    for (const [id, html] of Object.entries(tiles)) {
      const template = document.createElement('template');
      template.innerHTML = html.trim();
      const drawn = /** @type {HTMLElement} */ (template.content.firstElementChild);
      const before = this.#tile(id);
      if (drawn.dataset.need === 'stuck' && before?.dataset.need !== 'stuck') {
        stuck.push(drawn.querySelector('[data-name]')?.textContent ?? '');
      }
      this.#put(drawn, before);
    }
    return stuck;
  }

  /** @param {number[]} order of all who are to be shown */
  arrange(order) {
    const shown = new Set(order.map(String));
    for (const tile of this.#tiles()) {
      if (!shown.has(tile.dataset.student ?? '')) tile.remove();
    }
    this.#waiting = order;
    if (!this.#isPointedAt && !this.#list.contains(document.activeElement)) this.#release();
  }

  /** @param {(seconds: number) => string} words */
  writeTimes(words) {
    for (const time of this.#list.querySelectorAll('time')) {
      const text = words((Date.now() - Date.parse(time.dateTime)) / 1000);
      if (time.textContent !== text) time.textContent = text;
    }
  }

  #release() {
    let place = this.#list.firstElementChild;
    for (const id of this.#waiting ?? []) {
      const tile = this.#tile(String(id));
      if (!tile) continue;
      if (tile === place) place = place.nextElementSibling;
      else this.#list.insertBefore(tile, place);
    }
    this.#waiting = null;
  }

  /**
   * @param {HTMLElement} drawn
   * @param {HTMLElement | null} before
   */
  #put(drawn, before) {
    const hadFocus = before?.contains(document.activeElement);
    if (before) before.replaceWith(drawn);
    else this.#list.append(drawn);
    if (hadFocus) drawn.querySelector('a')?.focus({ preventScroll: true });
  }

  #tiles() {
    return /** @type {HTMLElement[]} */ ([...this.#list.children]);
  }

  /** @param {string} id */
  #tile(id) {
    return /** @type {HTMLElement | null} */ (
      this.#list.querySelector(`:scope > [data-student="${CSS.escape(id)}"]`)
    );
  }
}
