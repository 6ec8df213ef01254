import { EditorView } from '@codemirror/view';

/** CodeMirror's own marks are pictures with fixed colours. */
export const lintTheme = EditorView.theme({
  '.cm-lintRange': { backgroundImage: 'none', textDecoration: 'underline wavy 1px' },
  '.cm-lintRange-error': { textDecorationColor: 'var(--bad)' },
  '.cm-lintRange-warning': { textDecorationColor: 'var(--warn)' },
  '.cm-gutter-lint': { width: '12px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0', display: 'grid', placeItems: 'center' },
  '.cm-lint-marker': { content: 'normal', width: '7px', height: '7px', borderRadius: '50%' },
  '.cm-lint-marker-error': { backgroundColor: 'var(--bad)' },
  '.cm-lint-marker-warning': { backgroundColor: 'var(--warn)', borderRadius: '1px' },
  '.cm-diagnostic': { padding: 'var(--s2) var(--s3)', margin: '0', maxWidth: '60ch' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--warn)' },
  '.cm-diagnosticAction': {
    padding: '3px var(--s2)',
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--accent)',
    borderRadius: 'var(--radius)',
  },
  '.cm-panel.cm-panel-lint ul [aria-selected]': { backgroundColor: 'var(--accent-soft)' },
  '.cm-panel.cm-panel-lint [name=close]': { color: 'var(--text-soft)', padding: 'var(--s2)' },
});
