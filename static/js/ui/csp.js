/** What the page's Content-Security-Policy asks for and libraries do not do by themselves. */

/**
 * The nonce of this page's Content-Security-Policy. Browsers hide it from the attribute and from
 * CSS, and keep it in the property.
 *
 * @returns {string}
 */
export function pageNonce() {
  const script = /** @type {HTMLScriptElement | null} */ (document.querySelector('script[nonce]'));
  return script?.nonce ?? '';
}

/**
 * Gives the nonce to every `<style>` made from now on. xterm.js makes its own and has no option
 * for a nonce, so this must run before xterm.js loads.
 *
 * @param {string} nonce
 */
export function nonceForNewStyles(nonce) {
  const createElement = document.createElement;
  /** @type {any} */ (document).createElement = (
    /** @type {string} */ tag,
    /** @type {ElementCreationOptions | undefined} */ options,
  ) => {
    const element = createElement.call(document, tag, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
}

/**
 * xterm.js colours a span by its `style` attribute, which the policy forbids; the same text set as
 * a property is permitted.
 */
export function setSpanStylesAsProperties() {
  const setAttribute = HTMLSpanElement.prototype.setAttribute;
  HTMLSpanElement.prototype.setAttribute = function set(name, value) {
    if (name === 'style') this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
}
