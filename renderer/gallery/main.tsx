/**
 * The gallery: the real app on a scripted bridge, one scene per screen and state, chosen by the query string
 * (`?scene=live&theme=light`; without a theme, that of the system). For design work, screenshots and accessibility checks. It is no entry point of the
 * production build, and nothing imports it.
 */
import { createRoot } from 'react-dom/client';
import { App } from '../App.tsx';
import '../../shared/theme/base.css';
import '../ui/ui.css';
import '../app.css';
import { scripted } from './bridge.ts';
import { scenes } from './scenes.ts';

const query = new URLSearchParams(location.search);
const wanted = query.get('theme');
const theme = wanted === 'light' || wanted === 'dark' ? wanted : 'system';
const scene = scenes[query.get('scene') ?? 'live'];
const root = document.getElementById('root');
if (root === null || scene === undefined)
  throw new Error(`No such scene. There are: ${Object.keys(scenes).join(', ')}`);
createRoot(root).render(<App bridge={scripted(scene, theme)} />);
