/**
 * Answering other people's requests without leaving the window: a count in the bar, a panel behind it (Ctrl+Shift+A). What
 * waits comes from main, and so does every refusal; this only shows and asks. (I7)
 */
export { ApproveButton } from './ApproveButton.tsx';
export { ApproveCentre } from './ApproveCentre.tsx';
