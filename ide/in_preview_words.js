/* What the console of a page says, in words. Bounded, as a page may hold anything. */
const LONGEST = 2000;
/* Of all that one value holds, so many parts are told. */
const MOST_PARTS = 200;
const plain = (value) => (typeof value === 'bigint' ? `${value}n` : String(value));
const written = (whole) => {
  let left = MOST_PARTS;
  const within = [];
  const inner = (value) => {
    const parts = [];
    const isList = Symbol.iterator in value && !('next' in value);
    for (const item of isList ? value : Object.keys(value)) {
      if (left <= 0) { parts.push('…'); break; }
      if (value instanceof Map) parts.push(`${write(item[0])} => ${write(item[1])}`);
      else parts.push(isList ? write(item) : `${JSON.stringify(item)}:${write(value[item])}`);
    }
    const name = value.constructor?.name ?? 'Object';
    const lead = name === 'Object' || name === 'Array' ? '' : `${name} `;
    const [open, close] = isList && !(value instanceof Map || value instanceof Set) ? '[]' : '{}';
    return lead + open + parts.join(',') + close;
  };
  const write = (value) => {
    left -= 1;
    if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST));
    if (typeof value === 'function') return `function ${value.name}`;
    if (typeof value !== 'object' || value === null) return plain(value);
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (value instanceof Node) return value.outerHTML ?? value.nodeValue ?? value.nodeName;
    if (typeof value.toJSON === 'function') return write(value.toJSON());
    if (within.includes(value)) return '(itself)';
    within.push(value);
    const text = inner(value);
    within.pop();
    return text;
  };
  return write(whole);
};
const said = (value) => {
  if (typeof value !== 'object' || value === null) return plain(value);
  try { return written(value); } catch { return Object.prototype.toString.call(value); }
};
const formatted = (values) => {
  const [first, ...rest] = values;
  if (typeof first !== 'string' || !rest.length) return values.map(said).join(' ');
  const text = first.replace(/%[csdifoO%]/g, (sign) => {
    if (sign === '%%') return '%';
    if (!rest.length) return sign;
    const value = rest.shift();
    if (sign === '%c') return '';
    return said(/[di]/.test(sign) && typeof value === 'number' ? Math.trunc(value) : value);
  });
  return [text, ...rest.map(said)].join(' ');
};

const MOST_ROWS = 50;
const MOST_COLUMNS = 10;
const WIDEST = 60;
const tableOf = (data, chosen) => {
  if (typeof data !== 'object' || data === null) return data;
  const isList = Symbol.iterator in data;
  const entries = data instanceof Map ? [...data] : Object.entries(isList ? [...data] : data);
  const rows = entries.slice(0, MOST_ROWS);
  const isRow = (row) => typeof row === 'object' && row !== null;
  const keys = rows.flatMap(([, row]) => (isRow(row) ? Object.keys(row) : []));
  const columns = [...new Set(chosen ?? keys)].slice(0, MOST_COLUMNS);
  const cell = (value) => said(value).slice(0, WIDEST);
  const cells = [['', ...columns.map(cell), ''], ...rows.map(([index, row]) => [
    cell(index),
    ...columns.map((column) => (isRow(row) && column in row ? cell(row[column]) : '')),
    isRow(row) ? '' : cell(row),
  ])];
  const widths = cells[0].map((_, at) => Math.max(...cells.map((line) => line[at].length)));
  const lines = cells.map((line) => line.map((text, at) => text.padEnd(widths[at])).join('  '));
  if (entries.length > MOST_ROWS) lines.push('…');
  return lines.map((line) => line.trimEnd()).join('\n');
};
