/** Under the scope: what the database says to it, before anything is sent. */
import type { ScopeCheck } from '../../shared/api-check.ts';
import { checkNotes } from '../../shared/check-words.ts';
import { visibleLine } from '../../shared/visible.ts';
import { Icon } from '../ui/icons.tsx';

export function Foreseen({ check }: { readonly check: ScopeCheck | undefined }) {
  return (
    <div className="foreseen" role="status" aria-label="What the database says to this">
      {checkNotes(check, 'engineer').map(({ tone, title, lines, hint }) => (
        <div key={title} className={tone === 'warn' ? 'note warn' : 'note'}>
          <Icon name={tone === 'warn' ? 'warning' : 'info'} size={15} />
          <div>
            <b>{title}</b>
            {lines.length > 0 && (
              <ul>
                {lines.map((line) => (
                  <li key={line}>
                    <bdi>{visibleLine(line)}</bdi>
                  </li>
                ))}
              </ul>
            )}
            {hint !== null && <div className="muted">{hint}</div>}
          </div>
        </div>
      ))}
    </div>
  );
}
