/** Changes of the live grant: dialogs, what the glass bar shows of them, and the one way to ask. */
export { ChangeChips } from './ChangeChips.tsx';
export { type ChangesUse, useChanges } from './use-changes.tsx';
