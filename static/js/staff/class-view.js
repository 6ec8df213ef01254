/** The entry of the class view, which shows the class as it was loaded without it. */

import { find } from '../ui/dom.js';
import { showLocalTimes } from '../ui/local-times.js';
import { agoWords, stuckWords } from './class-words.js';
import { whenOver } from './over.js';
import { Students } from './students.js';

/** @import { ClassChange } from '../types.js' */

const SILENT_AFTER_MS = 12_000; // the server speaks every five seconds
const TICK_MS = 5_000;

const summary = find('summary');
const status = find('live');
const announcement = find('announce');
const nobody = find('nobody');
const students = new Students(find('students'));
const events = new EventSource(find('class').dataset.class ?? '');
let heardAt = Date.now();
let isOver = false;

events.addEventListener('message', ({ data }) => {
  heardAt = Date.now();
  show(JSON.parse(data));
  sayHowLive();
});
events.addEventListener('error', sayHowLive);
whenOver(events, 'You can no longer see this class.', () => {
  isOver = true;
  sayHowLive();
});
setInterval(() => {
  students.writeTimes(agoWords);
  sayHowLive();
}, TICK_MS);

/** @param {ClassChange} change */
function show({ summary: words, order, tiles = {} }) {
  if (words !== undefined) summary.textContent = words;
  const stuck = students.draw(tiles);
  if (order) students.arrange(order);
  nobody.hidden = students.count > 0;
  if (stuck.length) announcement.textContent = stuckWords(stuck);
  showLocalTimes();
  students.writeTimes(agoWords);
}

function sayHowLive() {
  const words = howLive();
  if (status.textContent !== words) status.textContent = words;
}

function howLive() {
  if (isOver) return 'Not live any more.';
  if (events.readyState === EventSource.CLOSED) {
    return 'You are not watching any more. Load the page again to see whether you still can.';
  }
  if (events.readyState === EventSource.CONNECTING) return 'Connecting…';
  if (Date.now() - heardAt > SILENT_AFTER_MS) return 'The server has been silent for a while.';
  return students.isHeld ? 'Live. The tiles keep their places while you are among them.' : 'Live.';
}
