/** One line above the editor: which saved query this is, how the text stands to it, and what can be done about that. */
import { Keys } from '../commands/index.ts';
import { Icon } from '../ui/icons.tsx';
import type { Link } from './use-links.ts';

const words = {
  same: 'as saved',
  edited: 'differs from what is saved',
  changed: 'was changed elsewhere since you opened it; this is your text',
  gone: 'This saved query was deleted. The text stays in this tab.',
} as const;

export function LinkBar(props: {
  readonly link: Link;
  readonly target: { readonly id: string; readonly label: string };
  readonly onSave: () => void;
  readonly onRevert: () => void;
  readonly onLetGo: () => void;
}) {
  const { query, standing } = props.link;
  const loud = standing === 'changed' || standing === 'gone';
  const elsewhere = query?.target != null && query.target !== props.target.id;
  return (
    <div className={`link-bar ${loud ? 'warn' : ''}`}>
      <Icon name={loud ? 'warning' : standing === 'edited' ? 'write' : 'save'} size={12} />
      {query !== null && (
        <span className="clip" title={query.description}>
          {query.folder.map((name) => (
            <span key={name} className="faint">
              <bdi>{name}</bdi> /{' '}
            </span>
          ))}
          <bdi>{query.name}</bdi>
        </span>
      )}
      <span className="clip standing" role="status">
        {words[standing]}
      </span>
      {elsewhere && <span className="chip warn">meant for {query.target}</span>}
      <span className="grow" />
      {standing !== 'same' && (
        <button type="button" className="btn quiet" onClick={props.onSave}>
          {standing === 'gone' ? 'Save again…' : standing === 'changed' ? 'Save…' : 'Save'} <Keys of="Mod+S" />
        </button>
      )}
      {(standing === 'edited' || standing === 'changed') && (
        <button type="button" className="btn quiet" onClick={props.onRevert}>
          {standing === 'changed' ? 'Show what is saved' : 'Go back'}
        </button>
      )}
      {standing === 'gone' && (
        <button type="button" className="btn quiet" onClick={props.onLetGo}>
          Just a tab
        </button>
      )}
    </div>
  );
}
