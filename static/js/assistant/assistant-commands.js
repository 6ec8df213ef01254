import { ACTION_TITLES } from './assistant-words.js';

/** @import { Command } from '../commands/commands.js' */
/** @import { AssistAction } from '../types.js' */
/** @import { Assistant } from './assistant.js' */

/**
 * @param {Assistant | null} assistant null where there is none
 * @returns {Command[]}
 */
export function assistantCommands(assistant) {
  if (!assistant) return [];
  const group = 'Assistant';
  const actions = /** @type {[AssistAction, string][]} */ (Object.entries(ACTION_TITLES));
  return [
    { label: 'Ask the assistant', group, keys: 'Shift+Alt+E', run: () => assistant.focus() },
    ...actions.map(([action, label]) => ({
      label,
      group,
      run: () => assistant.ask(action),
      isPossible: () => assistant.canAsk(action),
    })),
  ];
}
