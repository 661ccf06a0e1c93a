/**
 * What the panels of the side bar have in common: the strip that changes between them, the field to search in, which rows of
 * a tree are in view, the card of the chosen statement. The panels themselves: `schema/`, `history/`, `queries/`.
 */
import './side.css';

export { SearchField } from './SearchField.tsx';
export { SidePanels } from './SidePanels.tsx';
export { StatementCard } from './StatementCard.tsx';
export { ROW, useRows } from './use-rows.ts';
