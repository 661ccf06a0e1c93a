/** Help: the tour, what codes mean, about. Mounted once; commands open it, and {@link useHelp} from anywhere in the page. */
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import type { Bridge } from '../bridge.ts';
import { useCommands } from '../commands/index.ts';
import { About } from './About.tsx';
import { Errors } from './Errors.tsx';
import { Tour } from './Tour.tsx';
import './help.css';

type Open = { readonly kind: 'tour' | 'about' } | { readonly kind: 'errors'; readonly code: string };
const Context = createContext<(code: string) => void>(() => {});
/** Shows what a code means. */
export const useHelp = (): ((code: string) => void) => useContext(Context);

export function HelpCentre(props: {
  readonly bridge: Bridge;
  readonly working: boolean;
  readonly children: ReactNode;
}) {
  const [open, setOpen] = useState<Open | null>(null);
  const explain = useMemo(() => (code: string) => setOpen({ kind: 'errors', code }), []);
  useCommands(() => [
    {
      id: 'help.tour',
      title: 'Show me around, one minute',
      group: 'Help',
      unavailable: props.working ? null : 'once the glass is open',
      run: () => setOpen({ kind: 'tour' }),
    },
    { id: 'help.errors', title: 'What an error code means', group: 'Help', run: () => explain('') },
    {
      id: 'help.about',
      title: 'About Vitrine, diagnostics, licences',
      group: 'Help',
      run: () => setOpen({ kind: 'about' }),
    },
  ]);
  const close = () => setOpen(null);
  return (
    <Context value={explain}>
      {props.children}
      {open?.kind === 'tour' && props.working && <Tour onClose={close} />}
      {open?.kind === 'errors' && <Errors code={open.code} onClose={close} />}
      {open?.kind === 'about' && <About bridge={props.bridge} onClose={close} />}
    </Context>
  );
}
