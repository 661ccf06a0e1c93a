/**
 * Commands: everything the app can be told to do has a name, perhaps a key, and a line in the palette.
 *
 *   command      what one is; keys, matching, search (pure)
 *   registry     which there are now; keys and the shell's menu lead here
 *   ContextMenu  some of them where one thing is, for the right button and Shift+F10
 *   CommandCentre  the palette (Ctrl+Shift+P) and the key map (Shift+F1)
 *
 * A part of the page that can do something calls `useCommands(() => [...])`; nothing else listens to keys for the whole window.
 */
export { CommandCentre } from './CommandCentre.tsx';
export { ContextMenu } from './ContextMenu.tsx';
export type { Command } from './command.ts';
export { Keys, keyText } from './Keys.tsx';
export { CommandProvider, useCommands, useRegistry } from './registry.tsx';
