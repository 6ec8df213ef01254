import { ABOUT_FAILURE } from './assistant.js';
import { ACTION_TITLES } from './assistant-words.js';
import { STEPS } from './hints.js';

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
  const { hints } = assistant;
  const actions = /** @type {[AssistAction, string][]} */ (Object.entries(ACTION_TITLES)).filter(
    ([action]) => !(hints && ABOUT_FAILURE.has(action)),
  );
  return [
    { label: 'Ask the assistant', group, keys: 'Shift+Alt+E', run: () => assistant.focus() },
    ...(hints ? STEPS : []).map((step) => ({
      label: hints?.title(step) ?? '',
      group,
      run: () => assistant.askStep(step),
      isPossible: () => hints?.canAsk(step) ?? false,
    })),
    ...actions.map(([action, label]) => ({
      label,
      group,
      run: () => assistant.ask(action),
      isPossible: () => assistant.canAsk(action),
    })),
  ];
}
