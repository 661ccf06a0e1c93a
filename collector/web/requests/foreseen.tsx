/** Beside the scope: what the database says to it, for whoever has to answer. */
import type { ScopeCheck } from '../../../shared/api-check.ts';
import { checkNotes } from '../../../shared/check-words.ts';
import { Foreign } from '../ui/bits.tsx';
import { Icon } from '../ui/icon.tsx';

export function Foreseen({ check }: { readonly check: ScopeCheck | undefined }) {
  const notes = checkNotes(check, 'approver');
  if (notes.length === 0) return null;
  return (
    <section className="foreseen" aria-label="What the database says to this">
      {notes.map(({ tone, title, lines, hint }) => (
        <div key={title} className={tone === 'warn' ? 'note warn' : 'note'}>
          <Icon name={tone === 'warn' ? 'warning' : 'eye'} />
          <div>
            <b>{title}</b>
            {lines.length > 0 && (
              <ul>
                {lines.map((line) => (
                  <li key={line}>
                    <Foreign of={line} />
                  </li>
                ))}
              </ul>
            )}
            {hint !== null && <div className="muted">{hint}</div>}
          </div>
        </div>
      ))}
    </section>
  );
}
