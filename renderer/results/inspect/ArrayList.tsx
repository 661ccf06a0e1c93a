/** The elements of an array, each with its subscripts. */
import { useMemo, useState } from 'react';
import { visibleText } from '../../../shared/visible.ts';
import { count } from '../../words/format.ts';
import { elementsOf } from './array.ts';

const MORE = 500;

export function ArrayList({ text }: { readonly text: string }) {
  const elements = useMemo(() => elementsOf(text) ?? [], [text]);
  const [shown, setShown] = useState(MORE);
  if (elements.length === 0) return <p className="value-empty muted">An empty array, and not NULL.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to by keyboard
    <section className="array" tabIndex={0} aria-label="Elements">
      <dl className="selectable">
        {elements.slice(0, shown).map(({ at, value }) => (
          <div key={at.join(',')} className="array-line">
            <dt className="mono faint">[{at.join('][')}]</dt>
            <dd className="mono">
              {value === null ? (
                <i className="faint">NULL</i>
              ) : value === '' ? (
                <span className="faint">(empty)</span>
              ) : (
                visibleText(value)
              )}
            </dd>
          </div>
        ))}
      </dl>
      {elements.length > shown && (
        <button type="button" className="btn" onClick={() => setShown(shown + MORE)}>
          Show {count(Math.min(MORE, elements.length - shown))} more of {count(elements.length)}
        </button>
      )}
    </section>
  );
}
