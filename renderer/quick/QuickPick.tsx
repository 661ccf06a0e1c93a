/** One box for everything that can be gone to; Ctrl+Enter runs a saved query at once. */
import { useCallback } from 'react';
import { visibleName } from '../../shared/visible.ts';
import { Keys } from '../commands/index.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { PickDialog } from '../ui/PickDialog.tsx';
import { grouped, type Item, type Kind } from './groups.ts';
import './quick.css';

const icons: Readonly<Record<Kind, IconName>> = {
  'Open tab': 'console',
  'Saved query': 'query',
  Table: 'table',
  'Closed tab': 'refresh',
  Statement: 'history',
};

export function QuickPick(props: { readonly items: readonly Item[]; readonly onClose: () => void }) {
  const { items } = props;
  const find = useCallback(
    (typed: string) => grouped(items, typed).map((group) => ({ label: group.kind, items: group.items })),
    [items],
  );
  return (
    <PickDialog
      title="Go to"
      className="quick-pick"
      search="Go to a tab, saved query, table or statement"
      list="Where to go"
      none="Nothing is called that."
      told={(count) => `${count} found`}
      find={find}
      option={(item) => ({
        key: item.key,
        content: (
          <>
            <Icon name={icons[item.kind]} size={13} />
            <bdi className={item.kind === 'Statement' ? 'clip mono' : 'clip'}>{visibleName(item.title)}</bdi>
            {item.detail !== '' && <span className="why clip">{visibleName(item.detail)}</span>}
            <span className="grow" />
            <span className="group">{item.kind}</span>
          </>
        ),
      })}
      foot={(marked) => (
        <>
          <Keys of="Enter" /> opens
          {marked?.run !== undefined && (
            <>
              , <Keys of="Mod+Enter" /> opens and runs
            </>
          )}
        </>
      )}
      onPick={(item, mod) => {
        if (mod && item.run !== undefined) item.run();
        else item.open();
      }}
      onClose={props.onClose}
    />
  );
}
