/**
 * The neighbourhood of a table: boxes with the columns of keys, lines with how many rows belong together. Arrows move
 * between boxes, Enter recenters; the same as a list for whoever does not see the picture.
 */
import { useMemo, useState } from 'react';
import type { Neighbours } from '../../../shared/ipc-schema.ts';
import { visibleName } from '../../../shared/visible.ts';
import { ask } from '../../bridge.ts';
import type { SchemaActions } from '../actions.ts';
import { Link } from '../page/Link.tsx';
import { Section } from '../page/Section.tsx';
import { type Reading, useRead } from '../page/use-section.ts';
import { Canvas } from './Canvas.tsx';
import { drawn, edgeWords } from './layout.ts';
import './er.css';

export function Diagram({
  reading,
  oid,
  actions,
}: {
  readonly reading: Reading;
  readonly oid: number;
  readonly actions: SchemaActions;
}) {
  const [centre, setCentre] = useState(oid);
  const [hops, setHops] = useState<1 | 2>(1);
  const [asList, setAsList] = useState(false);
  const of = useRead<Neighbours>(reading, `near ${centre} ${hops}`, () =>
    ask(reading.bridge.readNeighbours({ oid: centre, hops })),
  );
  const choose = (label: string, on: boolean, run: () => void) => (
    <button type="button" className={`btn quiet ${on ? 'chosen' : ''}`} aria-pressed={on} onClick={run}>
      {label}
    </button>
  );
  return (
    <div className="diagram">
      <div className="diagram-bar">
        {choose('1 key away', hops === 1, () => setHops(1))}
        {choose('2 keys away', hops === 2, () => setHops(2))}
        <span className="diagram-gap" />
        {choose('Picture', !asList, () => setAsList(false))}
        {choose('List', asList, () => setAsList(true))}
        {centre !== oid && (
          <button type="button" className="btn quiet" onClick={() => setCentre(oid)}>
            Back to where it began
          </button>
        )}
        {of.loading && <span className="spinner small" role="status" aria-label="Reading" />}
      </div>
      <Section
        of={of}
        empty={({ edges }) => (edges.length === 0 ? 'No foreign key leads to it or away from it.' : null)}
      >
        {(near) => (
          <>
            {near.cut && (
              <p className="section-words warn-words">There are more tables than fit; the nearest are shown.</p>
            )}
            {asList ? (
              <List near={near} actions={actions} />
            ) : (
              <Picture near={near} centre={centre} actions={actions} onCentre={setCentre} />
            )}
          </>
        )}
      </Section>
    </div>
  );
}

function Picture(props: {
  readonly near: Neighbours;
  readonly centre: number;
  readonly actions: SchemaActions;
  readonly onCentre: (oid: number) => void;
}) {
  const drawing = useMemo(() => drawn(props.near), [props.near]);
  return (
    <Canvas
      drawing={drawing}
      centre={props.centre}
      onCentre={props.onCentre}
      onOpen={({ oid, schema, name }) => props.actions.open({ of: 'relation', oid, schema, name })}
    />
  );
}

function List({ near, actions }: { readonly near: Neighbours; readonly actions: SchemaActions }) {
  const nameOf = (oid: number) => visibleName(near.tables.find((table) => table.oid === oid)?.name ?? '');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keyboard
    <section className="facts-box near-list" tabIndex={0} aria-label="Neighbourhood as a list">
      <ul>
        {near.tables.map((table) => (
          <li key={table.oid}>
            <Link to={table} onOpen={({ oid, schema, name }) => actions.open({ of: 'relation', oid, schema, name })} />
            <ul>
              {near.edges
                .filter(({ from }) => from === table.oid)
                .map((edge) => (
                  <li key={edge.name} className="muted">
                    {visibleName(edgeWords(edge, nameOf))}
                  </li>
                ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
