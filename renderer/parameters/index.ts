/**
 * Values for the parameters of a text (`:id`, `$1`), asked for before it is run. They are remembered in this page's memory
 * only, by tab and name: a value may be as secret as a row, and rows are never in the workspace. Main makes the text that
 * is sent, and the form shows exactly that. (I8)
 */
export { useParameters } from './use-parameters.tsx';
