/**
 * Development only, never in a production bundle: every page in every state, with scripted answers instead of a
 * collector. `?state=desk&theme=light`; without a state, the list. `shoot.ts` takes pictures, `a11y.test.ts` runs axe.
 */
import { createRoot } from 'react-dom/client';
import '../../../shared/theme/base.css';
import '../ui/ui.css';
import { App } from '../app.tsx';
import { NOW } from './data.ts';
import { states } from './states.ts';

const query = new URLSearchParams(window.location.search);
const theme = query.get('theme');
if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
window.localStorage.setItem('vitrine:theme', theme ?? 'dark');
const state = states[query.get('state') ?? ''];
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

if (state === undefined) {
  createRoot(root).render(
    <main style={{ padding: 24, columns: 3 }}>
      {Object.keys(states).map((name) => (
        <div key={name}>
          {name} <a href={`?state=${name}&theme=dark`}>dark</a> <a href={`?state=${name}&theme=light`}>light</a>
        </div>
      ))}
    </main>,
  );
} else {
  const page = `${state.path}${window.location.search}`;
  window.history.replaceState(null, '', page);
  const started = performance.now();
  createRoot(root).render(
    <App fetch={state.fetch} now={() => NOW + Math.round(performance.now() - started)} verify={state.verify} />,
  );
}
