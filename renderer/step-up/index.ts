/** Signing in once more, as the window shows it. The sign-in is main's and the browser's; this only says what happens. (I7) */
export { StepUpDialog } from './StepUpDialog.tsx';
export { StepUpNote } from './StepUpNote.tsx';
export { useStepUp } from './use-step-up.ts';
