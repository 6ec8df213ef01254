import { find, icon } from '../ui/dom.js';
import { Playback } from './playback.js';
import { clockTime, readRecording, rowsOf } from './recording.js';

/** @import { Screen } from './screen.js' */

/** Between two moments that are shown; more often nobody sees. */
const TICK_MS = 40;
const STEPS = 1000;
const SPEEDS = [0.5, 1, 2, 4, 8];

/**
 * The player of a run's recording: play, pause, seek, speed. It stands where the server says, and
 * asks for the recording and the terminal when it is first used.
 */
export class Player {
  #host;
  #url;
  #play = document.createElement('button');
  #seek = document.createElement('input');
  #time = document.createElement('output');
  #speed = document.createElement('select');
  #said = document.createElement('p');
  /** @type {Playback | undefined} */
  #playback;
  /** @type {Screen | undefined} */
  #screen;
  #isLoading = false;
  #lastTick = 0;

  /** @param {HTMLElement} host which names the recording's address in `data-replay` */
  constructor(host) {
    this.#host = host;
    this.#url = host.dataset.replay ?? '';
    this.#build();
    host.hidden = false;
  }

  /** After a change of the theme. */
  repaint() {
    this.#screen?.repaint();
  }

  #build() {
    const bar = document.createElement('div');
    bar.className = 'replay-bar';
    bar.setAttribute('role', 'group');
    bar.setAttribute('aria-label', 'Replay');
    this.#play.type = 'button';
    this.#play.className = 'act';
    this.#play.addEventListener('click', () => this.#toggle());
    this.#seek.type = 'range';
    this.#seek.max = String(STEPS);
    this.#seek.value = '0';
    this.#seek.setAttribute('aria-label', 'Position in the recording');
    this.#seek.addEventListener('input', () => this.#seekTo(Number(this.#seek.value) / STEPS));
    this.#speed.setAttribute('aria-label', 'Speed');
    for (const speed of SPEEDS) this.#speed.add(new Option(`${speed}×`, String(speed)));
    this.#speed.value = '1';
    this.#speed.addEventListener('change', () => this.#setSpeed());
    this.#said.setAttribute('role', 'status');
    this.#said.hidden = true;
    bar.append(this.#play, this.#seek, this.#time, this.#speed);
    this.#host.append(bar, this.#said);
    this.#show();
  }

  async #toggle() {
    const playback = await this.#ready();
    if (!playback) return;
    if (playback.isPlaying) return playback.pause();
    playback.play();
    this.#lastTick = performance.now();
    this.#tick();
  }

  /** @param {number} share of the whole, from 0 to 1 */
  async #seekTo(share) {
    const playback = await this.#ready();
    playback?.seek(share * playback.length);
  }

  #setSpeed() {
    if (this.#playback) this.#playback.speed = Number(this.#speed.value);
  }

  #tick() {
    const now = performance.now();
    this.#playback?.advance((now - this.#lastTick) / 1000);
    this.#lastTick = now;
    if (this.#playback?.isPlaying) setTimeout(() => this.#tick(), TICK_MS);
  }

  /** @returns {Promise<Playback | undefined>} undefined while it loads, or where it cannot */
  async #ready() {
    if (this.#playback || this.#isLoading) return this.#playback;
    this.#isLoading = true;
    try {
      await this.#load();
    } catch {
      this.#said.hidden = false;
      this.#said.textContent = 'The recording could not be loaded. Try again in a moment.';
    } finally {
      this.#isLoading = false;
    }
    return this.#playback;
  }

  async #load() {
    const [answer, { Screen }] = await Promise.all([fetch(this.#url), import('./screen.js')]);
    if (!answer.ok) throw new Error(`The recording answers ${answer.status}`);
    const recording = readRecording(await answer.text());
    const host = document.createElement('div');
    host.className = 'replay-screen';
    this.#host.append(host);
    const { cols } = recording;
    const rows = rowsOf(recording);
    const screen = new Screen(host, { cols, rows }, 'Recorded terminal');
    this.#screen = screen;
    this.#said.hidden = true;
    find('output').hidden = true;
    this.#playback = new Playback(recording, {
      onText: (text) => screen.write(text),
      onReset: () => screen.clear(),
      onChange: () => this.#show(),
    });
    this.#setSpeed();
  }

  #show() {
    const { position = 0, length = 0, isPlaying = false } = this.#playback ?? {};
    const label = isPlaying ? 'Pause' : 'Replay';
    if (this.#play.textContent !== label) {
      const text = document.createElement('span');
      text.className = 'button-text';
      text.textContent = label;
      this.#play.replaceChildren(icon(isPlaying ? 'pause' : 'run'), text);
      this.#play.setAttribute('aria-label', isPlaying ? 'Pause' : 'Replay the output');
    }
    const time = this.#playback ? `${clockTime(position)} / ${clockTime(length)}` : '';
    this.#time.textContent = time;
    this.#seek.setAttribute('aria-valuetext', time || 'Not loaded');
    this.#seek.value = String(length > 0 ? (position / length) * STEPS : isPlaying ? STEPS : 0);
  }
}
