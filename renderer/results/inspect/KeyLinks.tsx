/** Along the foreign keys of a value: the row that it points at, and the rows that point here. */
import { useEffect, useState } from 'react';
import type { Link } from '../../../shared/ipc-results.ts';
import { ask, type Bridge } from '../../bridge.ts';
import { useCommands } from '../../commands/index.ts';
import { Icon } from '../../ui/icons.tsx';
import type { Place } from './use-value.ts';

/** The selection may be passing by: the catalog is asked when it stays, ms. */
const STAYS_MS = 150;

export function KeyLinks(props: {
  readonly bridge: Bridge;
  readonly place: Place;
  readonly onOpen: (text: string, title: string) => void;
}) {
  const { bridge } = props;
  const { result, row, column } = props.place;
  const [links, setLinks] = useState<readonly Link[]>([]);
  useEffect(() => {
    let gone = false;
    setLinks([]);
    const timer = setTimeout(async () => {
      const answer = await ask(bridge.getLinks({ result, row, column }));
      // Without them the value is still there; what is wrong with the connection is said elsewhere.
      if (!gone && answer.ok) setLinks(answer.value);
    }, STAYS_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [bridge, result, row, column]);
  const open = (one: Link) => {
    if (one.sql !== null) props.onOpen(one.sql, one.table.split('.').at(-1) ?? one.table);
  };
  const first = links.find(({ direction, sql }) => direction === 'out' && sql !== null);
  useCommands(() => [
    {
      id: 'result.follow',
      title: 'Follow the foreign key: open the row that it points at',
      group: 'Result',
      keys: ['F9'],
      unavailable: first === undefined ? 'this value points nowhere' : null,
      run: () => first !== undefined && open(first),
    },
  ]);
  if (links.length === 0) return null;
  return (
    <section className="links" aria-label="Foreign keys">
      {(['out', 'in'] as const).map((direction) => {
        const some = links.filter((one) => one.direction === direction);
        if (some.length === 0) return null;
        return (
          <div key={direction}>
            <h3>{direction === 'out' ? 'Points at' : 'Rows that point here'}</h3>
            {some.map((one) => (
              <button
                key={one.constraint + one.table}
                type="button"
                className="link"
                aria-disabled={one.sql === null}
                title={one.sql ?? one.constraint}
                onClick={() => open(one)}
              >
                <Icon name="table" size={12} />
                <span className="clip">
                  {one.table} <span className="muted">({one.columns.join(', ')})</span>
                </span>
                {one.why !== null && <span className="muted">{one.why === 'null' ? 'NULL' : 'not in this grant'}</span>}
              </button>
            ))}
          </div>
        );
      })}
    </section>
  );
}
