/**
 * The renderer: everything a person sees, and nothing else. It talks only to `window.vitrine` (the contract in
 * shared/ipc.ts), holds no secret, has no network and no Node (I7). One folder per place on the screen:
 *
 *   glass/    the bar with the countdown          gate/     start, key, sign-in
 *   request/  break the glass, waiting            work/     the window during a grant: tabs, panes, status bar
 *   editor/   Monaco                              results/  result bar, errors, the grid
 *   side/     what the panels of the side bar share    schema/   the tree, pages of tables
 *   history/  what was run                        queries/  what was saved
 *   quick/    one box that goes anywhere          summary/  after the hand-back
 *   explain/, charts/  plans and pictures         settings-page/  settings
 *   completion/  what the editor knows of SQL
 *   commands/ keys, palette                       help/     tour, error codes, about
 *   parameters/  values for :name and $1          snippets/ texts of one's own
 *   ui/       menu, dialog, icons                 words/    numbers and times as text
 *   gallery/  every screen with scripted data; for development only, not part of the build
 *
 * Text from the database or the collector is always rendered as text, never as HTML.
 */
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import '../shared/theme/base.css';
import './ui/ui.css';
import './app.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(<App bridge={window.vitrine} />);
