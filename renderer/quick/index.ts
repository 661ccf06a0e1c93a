/**
 * The quick pick (Ctrl+P): open tabs, saved queries, closed tabs, tables and what was run, in one box, by keyboard.
 *
 *   rank    how well a name answers what was typed (pure)
 *   groups  what is shown of each kind, best first (pure)
 */
export { useQuickPick } from './use-quick-pick.tsx';
