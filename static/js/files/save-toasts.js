import { failureWords } from '../ui/failed-requests.js';
import { ask, RefusedError } from '../ui/server.js';

/** @import { SaveDetails, SaveState } from './file-saver.js' */
/** @import { Toasts, ToastText } from '../ui/toasts.js' */

const KEPT = 'What you type is kept in this browser';
const LOG_IN = { label: 'Log in', href: '/accounts/login/' };

/** What people must know of their files' saving, beyond the words beside the workspace's name. */
export class SaveToasts {
  #toasts;
  #isUser;
  #saveAsNew;
  #isLocked = false;
  #mayLose = false;

  /**
   * @param {Toasts} toasts
   * @param {boolean} isUser whether the page was made for somebody with an account
   * @param {() => void} saveAsNew makes a workspace of the files on this page
   */
  constructor(toasts, isUser, saveAsNew) {
    this.#toasts = toasts;
    this.#isUser = isUser;
    this.#saveAsNew = saveAsNew;
    window.addEventListener('beforeunload', (event) => {
      if (this.#mayLose) event.preventDefault();
    });
  }

  /**
   * @param {SaveState} state
   * @param {SaveDetails} details
   */
  show(state, { problem, isKept }) {
    this.#mayLose = state !== 'saved' && !isKept;
    if (this.#mayLose && state !== 'saving') this.#toasts.show('unkept', UNKEPT);
    else if (!this.#mayLose) this.#toasts.end('unkept');
    if (state !== 'locked') this.#isLocked = false;
    if (state === 'saved') this.#toasts.end('save', { tone: 'good', title: 'All is saved.' });
    else if (state === 'locked') this.#locked();
    else if (problem && state !== 'conflict') {
      this.#toasts.show('save', problemWords(problem, isKept));
    }
  }

  async #locked() {
    if (this.#isLocked) return;
    this.#isLocked = true;
    const isLoggedOut = this.#isUser && (await isNobody());
    if (this.#isLocked)
      this.#toasts.show('save', isLoggedOut ? LOGGED_OUT : notHere(this.#saveAsNew));
  }
}

/** @type {ToastText} */
const UNKEPT = {
  tone: 'bad',
  lasts: true,
  title: 'Your last changes are nowhere but on this page.',
  text: 'They are too long for this browser’s storage, or it is full or forbidden. Leave the page open until they are saved, or copy them.',
};

/** @type {ToastText} */
const LOGGED_OUT = {
  tone: 'bad',
  lasts: true,
  title: 'You are logged out.',
  text: `${KEPT}. It is saved once you are logged in again.`,
  actions: [LOG_IN],
};

/**
 * @param {() => void} saveAsNew
 * @returns {ToastText}
 */
function notHere(saveAsNew) {
  return {
    tone: 'bad',
    lasts: true,
    title: 'This workspace is not here for you any more.',
    text: `It was deleted in another tab, or is another account’s. ${KEPT}: save it as a new workspace, or log in as its owner.`,
    actions: [
      { label: 'Save as a new workspace', act: saveAsNew },
      { label: 'Your workspaces', href: '/workspaces' },
      LOG_IN,
    ],
  };
}

/**
 * @param {RefusedError} problem
 * @param {boolean} isKept
 * @returns {ToastText}
 */
function problemWords(problem, isKept) {
  const { title, text } = failureWords(problem);
  const isPassing = problem.status >= 500 || problem.status === 429;
  const until = isPassing ? ', and saved as soon as it can be.' : ' until it can be saved.';
  return {
    tone: 'bad',
    lasts: true,
    title: `Not saved. ${title}`,
    text: isKept ? `${text} ${KEPT}${until}` : text,
  };
}

/** Whether nobody is logged in here. */
async function isNobody() {
  try {
    await ask('GET', '/api/auth/me');
    return false;
  } catch (error) {
    return error instanceof RefusedError && error.status === 401;
  }
}
