/** What the page's own buttons and panes do, as commands. */

import { find, isEnabled } from '../ui/dom.js';
import { isNarrow } from '../ui/panes.js';

/** @import { Command } from './commands.js' */
/** @import { Workbench } from '../workbench.js' */
/** @import { Part, Parts } from '../ui/parts.js' */
/** @import { Pane, Panes } from '../ui/panes.js' */

/**
 * What a button or a link of the page does; as long as it can be pressed.
 *
 * @param {string} name of its `data-` attribute
 * @param {Omit<Command, 'run' | 'isPossible'>} command
 * @returns {Command}
 */
export function ofButton(name, command) {
  const button = find(name);
  const isPossible = () => !button.hidden && isEnabled(button);
  return { ...command, run: () => button.click(), isPossible };
}

/**
 * @param {Panes} panes
 * @param {Workbench} [workbench] once it is there
 * @returns {Command[]}
 */
export function runCommands(panes, workbench) {
  const group = 'Program';
  const search = ofButton('find-open', { label: 'Find in the output', group, keys: 'Mod+Shift+F' });
  return [
    ofButton('run', { label: 'Run the program', group, keys: 'Mod+Enter', overProgram: true }),
    ofButton('stop', { label: 'Stop the program', group, keys: 'Mod+Shift+S', overProgram: true }),
    ofButton('clear', { label: 'Clear the output', group, keys: 'Mod+K' }),
    {
      ...search,
      run: () => {
        panes.show('terminal');
        search.run();
      },
    },
    {
      label: 'Write the input and the arguments',
      group,
      run: () => {
        panes.show('input');
        workbench?.input.focus();
      },
    },
    {
      label: 'Show the problems',
      group,
      run: () => {
        panes.show('problems');
        workbench?.problems.focus();
      },
    },
    ofButton('copy-output', { label: 'Copy the output', group }),
    ofButton('download-output', { label: 'Download the output', group }),
  ];
}

/**
 * @param {Panes} panes
 * @param {{ name: Pane, label: string, focus: () => void }[]} places in their order on the screen
 * @returns {Command[]}
 */
export function placeCommands(panes, places) {
  const group = 'Page';
  /** @param {(typeof places)[number]} place */
  const goTo = ({ name, focus }) => {
    panes.show(name);
    focus();
  };
  const next = () => {
    const there = places.filter(({ name }) => !panes.isAway(name));
    const at = there.findIndex(({ name }) => isFocused(name));
    const place = there[(at + 1) % there.length];
    if (place) goTo(place);
  };
  return [
    ...places.map((place) => ({ label: place.label, group, run: () => goTo(place) })),
    { label: 'Go to the next part of the page', group, keys: 'F6', run: next },
    ofButton('theme-toggle', { label: 'Change the theme', group }),
    { label: 'Print the code and the output', group, run: () => window.print() },
  ];
}

/** @type {Record<Part, { label: string, keys: string }>} */
const PARTS = {
  files: { label: 'Put the files away, or bring them back', keys: 'Mod+B' },
  output: { label: 'Put the output away, or bring it back', keys: 'Mod+J' },
};

/**
 * @param {Parts} parts
 * @returns {Command[]}
 */
export function partCommands(parts) {
  return parts.all.map((part) => ({
    ...PARTS[part],
    group: 'Page',
    yields: true,
    run: () => parts.toggle(part),
    isPossible: () => !isNarrow(),
  }));
}

/** @param {Pane} name */
function isFocused(name) {
  const part = name === 'files' ? '.files' : name === 'code' ? '.edit' : '.side';
  return document.activeElement?.closest(part) != null;
}
