/** Who is here, the settings, and the way out. */
import { useState } from 'react';
import type { Person } from '../shared/api.ts';
import type { Settings } from '../shared/ipc.ts';
import { MOST_RESULT_ROWS } from '../shared/results.ts';
import { StatementTimeout } from './StatementTimeout.tsx';
import { useSettings } from './settings.tsx';
import { Icon } from './ui/icons.tsx';
import { Menu } from './ui/Menu.tsx';
import { count, took } from './words/format.ts';

const themes: readonly { readonly id: Settings['theme']; readonly label: string }[] = [
  { id: 'system', label: 'As the system' },
  { id: 'dark', label: 'Dark' },
  { id: 'light', label: 'Light' },
];

const kept = [1000, 20_000, 200_000, 1_000_000] as const;

export function PersonMenu(props: {
  readonly person?: Person;
  /** Only the cog, where the bar is full. */
  readonly compact?: boolean;
  /** Of the live grant. */
  readonly timeoutLimitMs?: number;
  readonly onSignOut?: (() => void) | undefined;
}) {
  const { settings, change } = useSettings();
  const { person, onSignOut } = props;
  const [asking, setAsking] = useState(false);
  const seconds = settings.statement_timeout_s;
  const named = person !== undefined && props.compact !== true;
  return (
    <>
      <Menu
        label={person === undefined ? 'Settings' : `Settings, signed in as ${person.name}`}
        className={named ? 'btn quiet' : 'btn quiet icon'}
        button={
          named ? (
            <>
              {person.name} · {person.roles.join(', ')}
              <Icon name="chevronDown" size={12} />
            </>
          ) : (
            <Icon name="cog" size={15} />
          )
        }
        groups={[
          {
            title: 'Theme',
            items: themes.map(({ id, label }) => ({
              label,
              checked: settings.theme === id,
              run: () => change({ theme: id }),
            })),
          },
          {
            title: 'Rows kept of a result',
            items: [
              ...kept.map((rows) => ({
                label: count(rows),
                checked: settings.result_rows === rows,
                run: () => change({ result_rows: rows }),
              })),
              {
                label: 'As many as the grant allows',
                checked: settings.result_rows === MOST_RESULT_ROWS,
                run: () => change({ result_rows: MOST_RESULT_ROWS }),
              },
            ],
          },
          {
            items: [
              {
                label: `Statement timeout: ${seconds === null ? 'the grant’s' : took(seconds * 1000)}…`,
                run: () => setAsking(true),
              },
            ],
          },
          ...(onSignOut === undefined ? [] : [{ items: [{ label: 'Sign out', run: onSignOut }] }]),
        ]}
      />
      {asking && <StatementTimeout limitMs={props.timeoutLimitMs} onClose={() => setAsking(false)} />}
    </>
  );
}
