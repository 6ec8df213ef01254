import { find } from './dom.js';
import { recall, remember } from './storage.js';

const KEY = 'first-steps';

/** Three steps for who is here for the first time; gone for good once dismissed, or once one ran. */
export function wireFirstSteps() {
  const steps = find('first-steps');
  if (recall('local', KEY) === 'done') return;
  const done = () => {
    steps.hidden = true;
    remember('local', KEY, 'done');
  };
  steps.hidden = false;
  find('first-steps-done').addEventListener('click', done);
  find('run').addEventListener('click', done, { once: true });
}
