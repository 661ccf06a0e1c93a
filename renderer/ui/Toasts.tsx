/** Errors that belong to no place on the page (a failed save, a failed copy). They stay until dismissed. */
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import type { UserError } from '../bridge.ts';
import { Icon } from './icons.tsx';

type Say = (error: UserError) => void;
const Context = createContext<Say>(() => {});
/** Shows an error; the same code replaces the one before, so a failing save does not pile up. */
export const useToast = (): Say => useContext(Context);

export function Toasts({ children }: { readonly children: ReactNode }) {
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const drop = useCallback((code: string) => setErrors((all) => all.filter((e) => e.code !== code)), []);
  const say = useMemo<Say>(
    () => (error) => setErrors((all) => [...all.filter((e) => e.code !== error.code), error]),
    [],
  );
  return (
    <Context value={say}>
      {children}
      <div className="toasts" role="status">
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
    </Context>
  );
}
