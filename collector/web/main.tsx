/**
 * The collector's pages: sign-in, approving a request (`/requests/:id`), the review desk (`/`, `/review/:id`),
 * who has access now (`/live`) and the devices (`/devices`).
 * Everything is read through `/v1` with the cookie session; the pages hold no secret and no state that matters, and
 * show whatever comes from data as text. The desk checks evidence bundles with the offline verifier's own code (I4)
 * and says what that is worth. Only the collector serves these pages; they import `shared` and nothing else of ours.
 */
import { createRoot } from 'react-dom/client';
import '../../shared/theme/base.css';
import './ui/ui.css';
import { App } from './app.tsx';
import { applyTheme } from './state/theme.ts';
import { verifyInWorker } from './verify/in-worker.ts';

applyTheme();
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(<App fetch={(path, init) => fetch(path, init)} now={Date.now} verify={verifyInWorker} />);
