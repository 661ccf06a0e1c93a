/** An error for a person: what happened and what was kept, then what to do; the code second. */
import type { UserError } from '../bridge.ts';
import { Foreign } from './Foreign.tsx';
import { Icon } from './icons.tsx';

export function Problem({ error, kind = 'danger' }: { readonly error: UserError; readonly kind?: 'danger' | 'warn' }) {
  return (
    <div className={`note ${kind}`} role={kind === 'danger' ? 'alert' : 'status'}>
      <Icon name={kind === 'danger' ? 'error' : 'warning'} size={15} />
      <div>
        <div>
          <Foreign of={error.message} />
        </div>
        {error.hint !== null && (
          <div className="muted">
            <Foreign of={error.hint} />
          </div>
        )}
      </div>
    </div>
  );
}
