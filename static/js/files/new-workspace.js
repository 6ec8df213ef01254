import { element } from '../ui/dom.js';
import { csrfToken } from '../ui/server.js';

/**
 * Makes a workspace of files and goes there; what the server refuses, its list of workspaces says.
 *
 * @param {object} wanted
 * @param {string} wanted.language
 * @param {string} [wanted.name]
 * @param {{ path: string, content: BlobPart }[]} wanted.files
 * @param {boolean} [wanted.inNewTab] where this page has texts that are nowhere else
 */
export function openAsWorkspace({ language, name = '', files, inNewTab = false }) {
  const fields = Object.entries({
    csrfmiddlewaretoken: csrfToken(),
    start: `files:${language}`,
    name,
  });
  const paths = files.map(({ path }) => ['paths', path]);
  const form = element(
    'form',
    { method: 'post', action: '/workspaces/new', enctype: 'multipart/form-data', hidden: true },
    ...[...fields, ...paths].map(([key = '', value = '']) =>
      element('input', { type: 'hidden', name: key, value }),
    ),
    filesField(files),
  );
  if (inNewTab) form.target = '_blank';
  document.body.append(form);
  form.submit();
  form.remove();
}

/** As files they keep their line ends, which a form changes in its texts. @param {{ content: BlobPart }[]} files */
function filesField(files) {
  const chosen = new DataTransfer();
  for (const { content } of files) chosen.items.add(new File([content], 'file'));
  const field = element('input', { type: 'file', name: 'files', multiple: true });
  field.files = chosen.files;
  return field;
}
