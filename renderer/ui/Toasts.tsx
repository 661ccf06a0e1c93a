/**
 * Errors that belong to no place on the page (a failed save, a failed copy). They stay until dismissed. The corner they
 * stand in is shared: other cards are put there through {@link useCorner}.
 */
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import type { UserError } from '../bridge.ts';
import { Icon } from './icons.tsx';

type Say = (error: UserError) => void;
const Context = createContext<Say>(() => {});
/** Shows an error; the same code replaces the one before, so a failing save does not pile up. */
export const useToast = (): Say => useContext(Context);
const Corner = createContext<HTMLElement | null>(null);
/** Where cards that come and go are put, above the errors; null until the page is there. */
export const useCorner = (): HTMLElement | null => useContext(Corner);

export function Toasts({ children }: { readonly children: ReactNode }) {
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const drop = useCallback((code: string) => setErrors((all) => all.filter((e) => e.code !== code)), []);
  const say = useMemo<Say>(
    () => (error) => setErrors((all) => [...all.filter((e) => e.code !== error.code), error]),
    [],
  );
  const [corner, setCorner] = useState<HTMLElement | null>(null);
  return (
    <Context value={say}>
      <Corner value={corner}>{children}</Corner>
      <section className="toasts" aria-label="Notices">
        <div ref={setCorner} />
        <div role="status">
          {errors.map((error) => (
            <div key={error.code} className="note warn toast">
              <Icon name="warning" size={15} />
              <div>
                {error.message}
                {error.hint !== null && <p>{error.hint}</p>}
              </div>
              <button type="button" className="btn quiet icon" aria-label="Dismiss" onClick={() => drop(error.code)}>
                <Icon name="cross" />
              </button>
            </div>
          ))}
        </div>
      </section>
    </Context>
  );
}
