/** What was run, on this device, under this grant and earlier ones: a panel of the side bar. Texts and outcomes, no rows. (I8) */
export { ClearHistory } from './ClearHistory.tsx';
export { HistoryPanel } from './HistoryPanel.tsx';
