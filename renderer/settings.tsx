/** The settings: read once, kept in the page, saved on change. */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Settings } from '../shared/ipc.ts';
import { firstSettings } from '../shared/settings.ts';
import { ask, type Bridge } from './bridge.ts';
import { useToast } from './ui/Toasts.tsx';

interface Held {
  readonly settings: Settings;
  readonly theme: 'dark' | 'light';
  readonly change: (part: Partial<Settings>) => void;
}
const Context = createContext<Held>({ settings: firstSettings, theme: 'dark', change: () => {} });
export const useSettings = (): Held => useContext(Context);

const dark = window.matchMedia('(prefers-color-scheme: dark)');

export function SettingsProvider({ bridge, children }: { readonly bridge: Bridge; readonly children: ReactNode }) {
  const say = useToast();
  const [settings, setSettings] = useState(firstSettings);
  /** What was changed before the settings were read; null once they are: what is not known is not written over. */
  const early = useRef<Partial<Settings> | null>({});
  const latest = useRef(firstSettings);
  const [systemDark, setSystemDark] = useState(dark.matches);
  const theme = settings.theme === 'system' ? (systemDark ? 'dark' : 'light') : settings.theme;

  const change = useCallback(
    (part: Partial<Settings>) => {
      latest.current = { ...latest.current, ...part };
      setSettings(latest.current);
      if (early.current !== null) {
        early.current = { ...early.current, ...part };
        return;
      }
      void ask(bridge.saveSettings(latest.current)).then((answer) => {
        if (!answer.ok) say(answer.error);
      });
    },
    [bridge, say],
  );
  useEffect(() => {
    void ask(bridge.getSettings()).then((answer) => {
      if (!answer.ok) return say(answer.error);
      const changed = early.current ?? {};
      early.current = null;
      latest.current = answer.value.settings;
      setSettings(latest.current);
      if (Object.keys(changed).length > 0) change(changed);
      for (const mishap of answer.value.mishaps) say(mishap);
    });
  }, [bridge, say, change]);
  useEffect(() => {
    const follow = () => setSystemDark(dark.matches);
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, []);
  // Before the effects below: the editor's theme reads the tokens that this switches.
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);

  const held = useMemo(() => ({ settings, theme, change }) as const, [settings, theme, change]);
  return <Context value={held}>{children}</Context>;
}
