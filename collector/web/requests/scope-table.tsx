/** The scope, table by table, in plain words; what is withheld is said, not left out. */
import { useId } from 'react';
import type { Scope } from '../../../shared/grants.ts';
import { scopeWords, tableWords } from '../../../shared/scope-words.ts';

export function ScopeTable(props: {
  readonly scope: Scope;
  readonly who: string;
  /** It comes on top of what they have already. */
  readonly besides?: boolean;
  /** Something was found on the target that contradicts the last sentence; it is told beside. */
  readonly wider?: boolean;
}) {
  const { scope, who } = props;
  const title = useId();
  const label = props.besides === true ? 'Tables on top of it' : 'Tables in this scope';
  return (
    <section className="scope" aria-labelledby={title}>
      <div className="row">
        <h2 id={title}>{props.besides === true ? 'On top of it' : 'Exactly this'}</h2>
        <span className="grow" />
        <span className="muted">{scopeWords(scope)}</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="scope-scroll" tabIndex={0} aria-label={label}>
        <table>
          <thead className="sr-only">
            <tr>
              <th scope="col">Table</th>
              <th scope="col">Allowed</th>
            </tr>
          </thead>
          <tbody>
            {scope.tables.map((table) => {
              const words = tableWords(table);
              return (
                <tr key={words.name}>
                  <th scope="row" className="mono">
                    {words.name}
                  </th>
                  <td>
                    <span className={words.writes ? 'scope-writes' : undefined}>{words.verbs}</span>
                    {words.limits.map((limit) => (
                      <span key={limit} className="scope-limit">
                        {limit}
                      </span>
                    ))}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {scope.owner === undefined ? (
        props.besides !== true &&
        props.wider !== true && <p className="faint">{who} can reach no other table and no other column.</p>
      ) : (
        <p className="note warn">
          <span>
            {who} can also create, alter and drop whatever <b className="mono">{scope.owner}</b> may: tables that are
            made later, functions, indexes. What is created stays.
          </span>
        </p>
      )}
    </section>
  );
}
