/**
 * The one element marked `data-<name>`. A missing one is a mistake in the template, so it throws.
 *
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} name
 * @param {ParentNode} [root]
 * @returns {T}
 */
export function find(name, root = document) {
  const found = root.querySelector(`[data-${name}]`);
  if (!found) throw new Error(`The page has no [data-${name}]`);
  return /** @type {T} */ (found);
}

/**
 * @param {string} name
 * @returns {HTMLElement[]}
 */
export function findAll(name) {
  return [...document.querySelectorAll(`[data-${name}]`)].map(
    (e) => /** @type {HTMLElement} */ (e),
  );
}

/**
 * The value that Django's `json_script` put under `id`.
 *
 * @param {string} id
 * @returns {any}
 */
export function jsonScript(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? 'null');
}

/**
 * A button that does nothing for now. Unlike `disabled` it keeps the focus of who just pressed it.
 *
 * @param {HTMLElement} button
 * @param {boolean} enabled
 */
export function setEnabled(button, enabled) {
  button.setAttribute('aria-disabled', String(!enabled));
}

/** @param {HTMLElement} button */
export function isEnabled(button) {
  return button.getAttribute('aria-disabled') !== 'true';
}

/**
 * A new element. Strings become text, never markup.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Partial<HTMLElementTagNameMap[K]>} [properties]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  if (made instanceof HTMLButtonElement) made.type = 'button';
  Object.assign(made, properties).append(...children);
  return made;
}

/**
 * One of the icons drawn in `_icons.html`.
 *
 * @param {string} name
 */
export function icon(name) {
  const svgNamespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(svgNamespace, 'svg');
  const use = document.createElementNS(svgNamespace, 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}
