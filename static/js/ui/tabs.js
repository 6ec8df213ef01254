import { recall, remember } from './storage.js';

/** A reloaded page comes before the one that it was has let go; a duplicated tab never does. */
const PATIENCE_MS = 300;

/**
 * This tab among those of the browser. What a tab that `isGone` has left in the storage that all
 * share is nobody's.
 *
 * @typedef {{ id: string, isGone: (id: string) => boolean }} Tab
 */

/**
 * Its id outlives a reload. A duplicated tab brings the id of its original along, so whoever holds
 * the lock of that name is it. Without locks, as without HTTPS, each page is a tab of its own.
 *
 * @returns {Promise<Tab>}
 */
export async function thisTab() {
  if (!navigator.locks) return newTab();
  const before = recall('session', 'tab');
  const id = before !== null && (await hold(before)) ? before : newId();
  if (id !== before) await hold(id);
  remember('session', 'tab', id);
  const open = await heldLocks();
  return { id, isGone: (other) => !open.has(lockOf(other)) };
}

/** One that knows of no other. @returns {Tab} */
export function newTab() {
  return { id: newId(), isGone: () => true };
}

/**
 * Until the page is gone.
 *
 * @param {string} id
 * @returns {Promise<boolean>} false where another tab has it
 */
function hold(id) {
  return new Promise((resolve) => {
    const untilTheEnd = () => {
      resolve(true);
      return new Promise(() => {});
    };
    const patience = { signal: AbortSignal.timeout(PATIENCE_MS) };
    navigator.locks.request(lockOf(id), patience, untilTheEnd).catch(() => resolve(false));
  });
}

async function heldLocks() {
  const { held = [] } = await navigator.locks.query().catch(() => ({ held: [] }));
  return new Set(held.map(({ name }) => name));
}

/** @param {string} id */
function lockOf(id) {
  return `cloudrun.tab.${id}`;
}

function newId() {
  return [...crypto.getRandomValues(new Uint32Array(2))].map((n) => n.toString(36)).join('');
}
