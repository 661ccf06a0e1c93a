/** The scope, table by table, in plain words; what is withheld is said, not left out. */
import type { Scope } from '../../../shared/grants.ts';
import { scopeWords, tableWords } from '../../../shared/scope-words.ts';

export function ScopeTable({ scope, who }: { readonly scope: Scope; readonly who: string }) {
  return (
    <section className="scope" aria-labelledby="scope-title">
      <div className="row">
        <h2 id="scope-title">Exactly this</h2>
        <span className="grow" />
        <span className="muted">{scopeWords(scope)}</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="scope-scroll" tabIndex={0} aria-label="Tables in this scope">
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
      <p className="faint">{who} can reach no other table and no other column.</p>
    </section>
  );
}
