/**
 * What belongs to no place on the page: errors, which stay until dismissed, and news, which may go by itself. The corner
 * they stand in is shared: other cards are put there through {@link useCorner}.
 */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { UserError } from '../bridge.ts';
import { Foreign } from './Foreign.tsx';
import { Icon } from './icons.tsx';

export interface Notice extends UserError {
  /** `warn` where absent. */
  readonly kind?: 'warn' | 'ok';
  /** Goes by itself after a while; for what nobody has to answer. */
  readonly fleeting?: boolean;
}
type Say = (notice: Notice) => void;
const Context = createContext<Say>(() => {});
/** Shows it; the same code replaces the one before, so a failing save does not pile up. */
export const useToast = (): Say => useContext(Context);
const Corner = createContext<HTMLElement | null>(null);
/** Where cards that come and go are put, above the errors; null until the page is there. */
export const useCorner = (): HTMLElement | null => useContext(Corner);

const FLEETING_MS = 8000;

/** `page`: news of one page mean nothing on the next and go with it. */
export function Toasts({ page, children }: { readonly page: string; readonly children: ReactNode }) {
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const drop = useCallback((notice: Notice) => setNotices((all) => all.filter((one) => one !== notice)), []);
  const say = useMemo<Say>(
    () => (notice) => setNotices((all) => [...all.filter(({ code }) => code !== notice.code), notice]),
    [],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page is what this waits for
  useEffect(() => setNotices((all) => all.filter(({ fleeting }) => fleeting !== true)), [page]);
  const [corner, setCorner] = useState<HTMLElement | null>(null);
  return (
    <Context value={say}>
      <Corner value={corner}>{children}</Corner>
      <section className="toasts" aria-label="Notices">
        <div ref={setCorner} />
        <div role="status">
          {notices.map((notice) => (
            <Toast key={notice.code} notice={notice} onDrop={drop} />
          ))}
        </div>
      </section>
    </Context>
  );
}

function Toast({ notice, onDrop }: { readonly notice: Notice; readonly onDrop: (notice: Notice) => void }) {
  const { kind = 'warn', fleeting = false } = notice;
  useEffect(() => {
    if (!fleeting) return;
    const timer = setTimeout(() => onDrop(notice), FLEETING_MS);
    return () => clearTimeout(timer);
  }, [notice, fleeting, onDrop]);
  return (
    <div className={`note ${kind} toast`}>
      <Icon name={kind === 'ok' ? 'tick' : 'warning'} size={15} />
      <div>
        <Foreign of={notice.message} />
        {notice.hint !== null && (
          <p>
            <Foreign of={notice.hint} />
          </p>
        )}
      </div>
      <button type="button" className="btn quiet icon" aria-label="Dismiss" onClick={() => onDrop(notice)}>
        <Icon name="cross" />
      </button>
    </div>
  );
}
