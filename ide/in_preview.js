/* Goes with each page of a live preview, on one line: block comments only, each statement ended.
   Tells the IDE what the console says. The page may do with it as it likes: the IDE trusts none. */
(() => {
  if (parent === self) return;
  const LONGEST = 2000;
  const said = (value) => {
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (typeof value !== 'object' || value === null) return String(value);
    try { return JSON.stringify(value); } catch { return Object.prototype.toString.call(value); }
  };
  const send = (level, text) => {
    parent.postMessage({ type: 'preview-console', level, text: text.slice(0, LONGEST) }, '*');
  };
  const folder = `${location.href.split('/').slice(0, 6).join('/')}/`;
  const place = ({ filename, lineno }) => `${filename.replace(folder, '')}:${lineno}`;
  for (const level of ['debug', 'log', 'info', 'warn', 'error']) {
    const own = console[level];
    console[level] = (...values) => {
      own.apply(console, values);
      send(level, values.map(said).join(' '));
    };
  }
  addEventListener('error', (event) => {
    if (event instanceof ErrorEvent) return send('error', `${event.message} (${place(event)})`);
    const { src, href } = event.target;
    send('error', `Could not be loaded: ${src || href}`);
  }, true);
  addEventListener('unhandledrejection', ({ reason }) => send('error', `Unhandled: ${said(reason)}`));
  addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
    send('error', `A preview may not do this: ${effectiveDirective} ${blockedURI}`);
  });
})();
