/** Two results beside each other: they scroll together, and rows that differ are marked by a sign, a word and a colour. */
import { useEffect, useRef, useState } from 'react';
import type { ResultState } from '../../../shared/ipc.ts';
import type { Comparison } from '../../../shared/ipc-results.ts';
import { ask, type Bridge, type UserError } from '../../bridge.ts';
import { keyText, useCommands } from '../../commands/index.ts';
import { Icon } from '../../ui/icons.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { count } from '../../words/format.ts';
import { CompareTable, type TableHandle } from './CompareTable.tsx';
import { caveatOf, countsOf } from './words.ts';
import './compare.css';

const NEXT = 'F8';
const BEFORE = 'Shift+F8';

export function CompareView(props: {
  readonly bridge: Bridge;
  readonly left: ResultState;
  readonly right: ResultState;
  /** Of left and right. */
  readonly names: readonly string[];
  readonly onClose: () => void;
}) {
  const { bridge, left, right, names } = props;
  const [key, setKey] = useState(0);
  const [found, setFound] = useState<Comparison | null>(null);
  const [problem, setProblem] = useState<UserError | null>(null);
  const [at, setAt] = useState(-1);
  const [said, setSaid] = useState('');
  const table = useRef<TableHandle>(null);
  /** One step after the other: each begins where the one before it has come to, however fast the keys come. */
  const steps = useRef(Promise.resolve());
  const place = useRef(-1);
  useEffect(() => {
    let gone = false;
    setFound(null);
    setProblem(null);
    setAt(-1);
    place.current = -1;
    void ask(bridge.compareResults({ left: left.id, right: right.id, key })).then((answer) => {
      if (gone) return;
      if (answer.ok) setFound(answer.value);
      else setProblem(answer.error);
    });
    return () => {
      gone = true;
    };
  }, [bridge, left.id, right.id, key]);

  const differs = found !== null && found.changed + found.added + found.removed > 0;
  const go = (back: boolean) => {
    steps.current = steps.current.then(() => step(back));
  };
  const step = async (back: boolean) => {
    if (found === null) return;
    const from = back && place.current < 0 ? found.lines : place.current;
    const answer = await ask(bridge.nextDifference({ id: found.id, from, back }));
    if (!answer.ok) return setProblem(answer.error);
    if (answer.value === null)
      return setSaid(back ? 'That was the first difference.' : 'That was the last difference.');
    place.current = answer.value;
    setAt(answer.value);
    setSaid(`Difference at line ${count(answer.value + 1)}.`);
    table.current?.go(answer.value);
  };
  const none = differs ? null : 'there is no difference';
  useCommands(() => [
    {
      id: 'compare.next',
      title: 'Next difference',
      group: 'Result',
      keys: [NEXT],
      unavailable: none,
      run: () => go(false),
    },
    {
      id: 'compare.before',
      title: 'Difference before',
      group: 'Result',
      keys: [BEFORE],
      unavailable: none,
      run: () => go(true),
    },
    {
      id: 'compare.close',
      title: 'Close the comparison',
      group: 'Result',
      keys: ['Escape'],
      where: 'outside the editor',
      run: props.onClose,
    },
  ]);
  const caveat = found === null ? null : caveatOf(found, [left.stored, right.stored]);
  return (
    <section className="compare" aria-label="Comparison">
      <div className="compare-head">
        <b className="clip">
          {names[0]} <span className="muted">beside</span> {names[1]}
        </b>
        <span className="num clip" role="status">
          {found === null ? (problem === null ? 'Comparing' : '') : countsOf(found)}{' '}
          <span className="muted">{said}</span>
        </span>
        <span className="grow" />
        <label className="row">
          <span className="muted">Key</span>
          <select className="select" value={key} onChange={(event) => setKey(Number(event.target.value))}>
            {right.columns.map(({ name }, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns have a place, and names may be double
              <option key={n} value={n}>
                {name === '' ? '(no name)' : name}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          className="btn quiet icon"
          aria-label="Difference before"
          title={`Difference before (${keyText(BEFORE)})`}
          disabled={!differs}
          onClick={() => go(true)}
        >
          <Icon name="chevronUp" size={12} />
        </button>
        <button
          type="button"
          className="btn"
          title={`Next difference (${keyText(NEXT)})`}
          disabled={!differs}
          onClick={() => go(false)}
        >
          Next difference
        </button>
        <button type="button" className="btn" onClick={props.onClose}>
          Close
        </button>
      </div>
      {caveat !== null && <div className="result-note">{caveat}</div>}
      {problem !== null && (
        <div className="result-card">
          <Problem error={problem} />
        </div>
      )}
      {found === null && problem === null && (
        <p className="result-waiting row muted">
          <span className="spinner" />
          Comparing {count(left.stored)} with {count(right.stored)} rows…
        </p>
      )}
      {found !== null && (
        <CompareTable
          key={found.id}
          ref={table}
          bridge={bridge}
          id={found.id}
          lines={found.lines}
          marked={found.marked}
          sides={[left.columns, right.columns]}
          names={names}
          at={at}
          onProblem={setProblem}
        />
      )}
    </section>
  );
}
