/** What an import would do, query by query, before anything is written; and what to do where a name is taken. */
import { useState } from 'react';
import type { ImportChoice, ImportEntry, ImportPlan } from '../../shared/ipc-queries.ts';
import { visibleName } from '../../shared/visible.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { plural } from '../words/format.ts';
import type { QueryStore } from './store.ts';

const choiceWords: Readonly<Record<ImportChoice, string>> = {
  keep: 'Keep both',
  replace: 'Replace mine',
  skip: 'Leave mine',
};
const statusWords: Readonly<Record<ImportEntry['status'], string>> = {
  new: 'New',
  same: 'Here already, the same',
  taken: 'Another text has this name',
  refused: 'Refused',
};
/** What needs a decision or a look comes first. */
const order: readonly ImportEntry['status'][] = ['taken', 'refused', 'new', 'same'];
/** Lines that are drawn. */
const SHOWN = 300;
const many = (n: number): string => plural(n, 'query', 'queries');

export function ImportDialog(props: {
  readonly bridge: Bridge;
  readonly store: QueryStore;
  readonly plan: ImportPlan;
  readonly onClose: () => void;
}) {
  const { bridge, store, plan } = props;
  const say = useToast();
  const [choices, setChoices] = useState<ReadonlyMap<number, ImportChoice>>(new Map());
  const [problem, setProblem] = useState<UserError | null>(null);
  const [writing, setWriting] = useState(false);
  const entries = order.flatMap((status) => plan.entries.filter((entry) => entry.status === status));
  const taken = plan.entries.filter(({ status }) => status === 'taken');
  const fresh = plan.entries.filter(({ status }) => status === 'new').length;
  const howOf = ({ n }: ImportEntry): ImportChoice => choices.get(n) ?? 'keep';
  const added = fresh + taken.filter((entry) => howOf(entry) === 'keep').length;
  const replaced = taken.filter((entry) => howOf(entry) === 'replace').length;
  const nothing = added + replaced + plan.folders === 0;

  const choose = (some: readonly ImportEntry[], how: ImportChoice) =>
    setChoices(new Map([...choices, ...some.map(({ n }) => [n, how] as const)]));
  const write = async () => {
    setWriting(true);
    const answer = await ask(
      bridge.importQueries({ plan: plan.id, choices: [...choices].map(([n, how]) => ({ n, how })) }),
    );
    setWriting(false);
    if (!answer.ok) return setProblem(answer.error);
    await store.take(Promise.resolve({ ok: true, value: answer.value.library }));
    const more = answer.value.replaced === 0 ? '' : `, ${many(answer.value.replaced)} replaced`;
    say({
      code: 'queries_imported',
      message: `${many(answer.value.added)} added${more}.`,
      hint: null,
      kind: 'ok',
      fleeting: true,
    });
    props.onClose();
  };
  return (
    <Modal title="Import saved queries" className="query-import" onNo={props.onClose}>
      {(detail) => (
        <>
          <p id={detail} className="muted clip" title={plan.files.map(visibleName).join('\n')}>
            From {plan.files.length === 1 ? visibleName(plan.files[0] ?? '') : plural(plan.files.length, 'file')}.
            Nothing is written yet.
          </p>
          <dl className="import-counts">
            <Count n={fresh} words="new" />
            <Count n={taken.length} words="with a name that is taken" />
            <Count n={plan.entries.filter(({ status }) => status === 'same').length} words="here already" />
            <Count n={plan.entries.filter(({ status }) => status === 'refused').length} words="refused" />
          </dl>
          {taken.length > 1 && (
            <div className="import-all">
              <span>Where a name is taken</span>
              {(['keep', 'replace', 'skip'] as const).map((how) => (
                <button key={how} type="button" className="btn" onClick={() => choose(taken, how)}>
                  {choiceWords[how]}
                </button>
              ))}
            </div>
          )}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keyboard */}
          <section className="import-list" tabIndex={0} aria-label="What would be done">
            <table>
              <thead className="sr-only">
                <tr>
                  <th>Query</th>
                  <th>What would be done</th>
                </tr>
              </thead>
              <tbody>
                {entries.slice(0, SHOWN).map((entry) => (
                  <tr key={entry.n} data-status={entry.status}>
                    <td className="clip">
                      {entry.folder !== '' && <span className="faint">{visibleName(entry.folder)} / </span>}
                      <bdi>{visibleName(entry.name) || '(no name)'}</bdi>
                    </td>
                    <td>
                      {entry.status === 'taken' ? (
                        <select
                          className="select"
                          aria-label={`${statusWords.taken}: ${visibleName(entry.name)}`}
                          value={howOf(entry)}
                          // The options below are the contract's.
                          onChange={(event) => choose([entry], event.target.value as ImportChoice)}
                        >
                          {Object.entries(choiceWords).map(([how, words]) => (
                            <option key={how} value={how}>
                              {words}
                            </option>
                          ))}
                        </select>
                      ) : (
                        <>
                          {statusWords[entry.status]}
                          {entry.why !== null && `: ${entry.why}`}
                        </>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {entries.length > SHOWN && <p className="muted">And {many(entries.length - SHOWN)} more.</p>}
          </section>
          {plan.problem !== null && (
            <Problem error={{ code: 'too_many_queries', message: plan.problem, hint: 'Nothing can be added.' }} />
          )}
          {problem !== null && <Problem error={problem} />}
          <div className="actions">
            <button type="button" className="btn large" onClick={props.onClose}>
              Cancel
            </button>
            <button
              type="button"
              className="btn large primary"
              disabled={nothing || writing || plan.problem !== null}
              onClick={() => void write()}
            >
              {nothing ? 'Nothing to add' : replaced === 0 ? `Add ${added}` : `Add ${added}, replace ${replaced}`}
            </button>
          </div>
        </>
      )}
    </Modal>
  );
}

function Count({ n, words }: { readonly n: number; readonly words: string }) {
  return (
    <div data-none={n === 0 ? 'yes' : undefined}>
      <dt>{words}</dt>
      <dd className="num">{n}</dd>
    </div>
  );
}
