/** The chosen query: its text, what is known of it, and the ways on. */
import { useEffect, useState } from 'react';
import type { SavedQuery } from '../../shared/ipc-queries.ts';
import { ask, type Bridge } from '../bridge.ts';
import { StatementCard } from '../side/index.ts';
import { dayTime } from '../words/format.ts';

/** Characters of the text that are shown. */
const SHOWN = 600;

export function Preview(props: {
  readonly bridge: Bridge;
  readonly query: SavedQuery;
  readonly onOpen: (query: SavedQuery, run: boolean) => void;
  readonly onDetails: (query: SavedQuery) => void;
}) {
  const { bridge, query } = props;
  const { id, rev } = query;
  const [text, setText] = useState<{ readonly of: string; readonly text: string } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text has another rev
  useEffect(() => {
    let gone = false;
    void ask(bridge.readQuery(id)).then((answer) => {
      if (gone) return;
      const words = !answer.ok ? answer.error.message : (answer.value?.text ?? 'It is not there any more.');
      setText({ of: id, text: words });
    });
    return () => {
      gone = true;
    };
  }, [bridge, id, rev]);
  const shown = text?.of === id ? text.text : '';
  const facts = [
    ...(query.description === '' ? [] : [['About', query.description] as const]),
    ...(query.parameters.length === 0
      ? []
      : [['Asks for', query.parameters.map(({ name }) => name).join(', ')] as const]),
    ...(query.target === null ? [] : [['For', query.target] as const]),
    ['Saved', dayTime(query.updated, Date.now())] as const,
  ];
  return (
    <StatementCard text={shown.slice(0, SHOWN)} cut={shown.length > SHOWN} facts={facts}>
      <button type="button" className="btn" onClick={() => props.onOpen(query, false)}>
        Open
      </button>
      <button type="button" className="btn" onClick={() => props.onOpen(query, true)}>
        Run
      </button>
      <button type="button" className="btn quiet" onClick={() => props.onDetails(query)}>
        Details…
      </button>
    </StatementCard>
  );
}
