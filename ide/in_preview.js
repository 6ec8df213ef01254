/* Goes with each page of a preview that the IDE frames, after in_preview_words.js and in one block with it, on one
   line: block comments only, each statement ended.
   Tells the IDE where the page is, what it loads and what its console says, through a port: the
   IDE reads nothing that comes to its window. It trusts none of it, as a page can say the same. */
(() => {
  if (parent === self) return;
  const MOST_PER_SECOND = 100;
  const MORE_ERRORS = 20;
  /* /preview/live/token/ of a workspace, /preview/token/ of a run. */
  const depth = location.pathname.startsWith('/preview/live/') ? 6 : 5;
  const folder = `${location.href.split('/').slice(0, depth).join('/')}/`;
  const page = location.href.slice(folder.length).split('#')[0];
  const { file } = document.currentScript.dataset;
  const { port1, port2 } = new MessageChannel();
  const tell = port1.postMessage.bind(port1);
  parent.postMessage(null, '*', [port2]);
  const inFolder = (address) => (
    address.startsWith(folder) ? address.slice(folder.length).split(/[?#]/)[0] : null
  );

  let second = -1;
  let sent = 0;
  let errors = 0;
  let leftOut = 0;
  const tellLeftOut = () => {
    if (leftOut) tell({ type: 'preview-left-out', count: leftOut });
    leftOut = 0;
  };
  const send = (level, text) => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) {
      second = now;
      sent = 0;
      errors = 0;
      tellLeftOut();
    }
    sent += 1;
    if (level === 'error') errors += 1;
    if (sent <= MOST_PER_SECOND || (level === 'error' && errors <= MORE_ERRORS)) {
      tell({ type: 'preview-console', level, text: text.slice(0, LONGEST) });
    } else {
      if (!leftOut) setTimeout(tellLeftOut, 1000);
      leftOut += 1;
    }
  };
  /* What cannot be told is no error of the page. */
  const also = (name, act) => {
    const own = console[name];
    console[name] = (...values) => {
      own.apply(console, values);
      try { act(...values); } catch { /* It is in the browser's own console. */ }
    };
  };
  let indent = '';
  const print = (level, text) => (
    send(level, indent + text.slice(0, LONGEST).replaceAll('\n', `\n${indent}`))
  );
  const log = (...values) => print('log', formatted(values));
  const group = (...values) => {
    if (values.length) log(...values);
    indent = `${indent}  `.slice(0, 20);
  };
  for (const level of ['debug', 'log', 'info', 'warn', 'error']) {
    also(level, (...values) => print(level, formatted(values)));
  }
  for (const name of ['dir', 'dirxml']) also(name, (value) => log(value));
  for (const name of ['group', 'groupCollapsed']) also(name, group);
  also('groupEnd', () => { indent = indent.slice(2); });
  also('trace', log);
  also('table', (data, chosen) => log(tableOf(data, chosen)));
  also('assert', (holds, ...values) => {
    if (!holds) print('error', `Assertion failed: ${formatted(values)}`);
  });
  const counts = new Map();
  also('count', (label = 'default') => {
    counts.set(`${label}`, (counts.get(`${label}`) ?? 0) + 1);
    log(`${label}: ${counts.get(`${label}`)}`);
  });
  also('countReset', (label = 'default') => counts.delete(`${label}`));
  const begun = new Map();
  const time = (label = 'default', ...values) => {
    if (!begun.has(`${label}`)) return;
    log(`${label}: ${(performance.now() - begun.get(`${label}`)).toFixed(1)} ms`, ...values);
  };
  also('time', (label = 'default') => begun.set(`${label}`, performance.now()));
  also('timeLog', time);
  also('timeEnd', (label) => { time(label); begun.delete(`${label ?? 'default'}`); });

  const place = ({ filename, lineno }) => {
    const isHere = filename === location.href.split('#')[0];
    return `${(isHere && file) || filename.replace(folder, '')}:${lineno}`;
  };
  addEventListener('error', (event) => {
    if (event instanceof ErrorEvent) return send('error', `${event.message} (${place(event)})`);
    const address = event.target.src || event.target.href || '';
    const path = inFolder(address);
    if (path === null) send('error', `Could not be loaded: ${address}`);
    else tell({ type: 'preview-failed', path });
  }, true);
  addEventListener('unhandledrejection', ({ reason }) => send('error', `Unhandled: ${said(reason)}`));
  addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
    send('error', effectiveDirective === 'form-action'
      ? 'A form was not sent: a preview sends nothing.'
      : `A preview may not do this: ${effectiveDirective} ${blockedURI}`);
  });
  /* Another site does not come into this frame: the page would give way to one that is broken. */
  addEventListener('click', (event) => {
    const address = event.composedPath().find((node) => node.localName === 'a')?.href;
    if (event.defaultPrevented || !/^https?:/.test(address) || inFolder(address) !== null) return;
    event.preventDefault();
    print('warn', `A preview shows only files beside its page. This link leads to ${address}`);
  });
  const asked = new Set();
  new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      const path = inFolder(name);
      if (path === null || asked.has(path) || asked.size >= 200) continue;
      asked.add(path);
      tell({ type: 'preview-asked', path });
    }
  }).observe({ type: 'resource', buffered: true });

  try {
    const [left, top] = JSON.parse(name);
    const scroll = () => scrollTo({ left, top, behavior: 'instant' });
    addEventListener('DOMContentLoaded', scroll);
    addEventListener('load', scroll);
  } catch { /* Nobody has scrolled yet. */ }
  name = '';
  let timer = 0;
  const tellPlace = () => {
    timer = 0;
    tell({ type: 'preview-place', page: page + location.hash, x: scrollX, y: scrollY });
  };
  addEventListener('scroll', () => { timer = timer || setTimeout(tellPlace, 100); });
  addEventListener('hashchange', tellPlace);
  tell({ type: 'preview-begun', page: page + location.hash });
  tell({ type: 'preview-asked', path: page.split('?')[0] });
})();
