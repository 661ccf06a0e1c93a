/** The pages. Of a relation: what it is and what one may do with it at the top, then one section at a time. */
import type { KeyboardEvent, ReactNode } from 'react';
import type { SectionName, SectionOf } from '../../../shared/ipc-schema.ts';
import { Icon } from '../../ui/icons.tsx';
import type { SchemaActions, Subject } from '../actions.ts';
import { Diagram } from '../er/Diagram.tsx';
import type { Page, View } from '../pages.ts';
import { Columns } from './Columns.tsx';
import { Definition } from './Definition.tsx';
import { FunctionHead, Head, TypeHead } from './Head.tsx';
import { Dependencies, Indexes, Keys, Partitions, Triggers, Users } from './Lists.tsx';
import { Section } from './Section.tsx';
import { type Read, type Reading, useSection } from './use-section.ts';
import { viewsOf, viewWords } from './words.ts';
import './page.css';

export function ObjectPage(props: {
  readonly reading: Reading;
  readonly page: Page;
  readonly actions: SchemaActions;
  /** Another of the same name, made since the page was opened. */
  readonly successor: Subject | null;
  readonly onView: (view: View) => void;
  /** First rows, shown below the page. */
  readonly onSample: () => void;
}) {
  const { page, reading, successor } = props;
  const overview = useSection(reading, page.oid, 'overview');
  const { value } = overview;
  const views = value === null ? [] : viewsOf(value.kind);
  const view = page.view !== null && views.includes(page.view) ? page.view : views[0];
  const onKeyDown = (event: KeyboardEvent) => {
    const at = view === undefined ? -1 : views.indexOf(view);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: views.length - 1 }[event.key];
    const next = to === undefined ? undefined : views[(to + views.length) % views.length];
    if (next === undefined) return;
    event.preventDefault();
    props.onView(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-view=${next}]`)?.focus();
  };
  return (
    <div className="object-page">
      {successor !== null && (
        <p className="section-words successor" role="status">
          This one was dropped, and another of the same name was made.
          <button type="button" className="btn" onClick={() => props.actions.open(successor)}>
            Open the new one
          </button>
        </p>
      )}
      <Section of={overview} whole empty={() => null}>
        {(facts) => <Head reading={reading} facts={facts} onSample={props.onSample} onOpen={props.actions.open} />}
      </Section>
      {view !== undefined && (
        <>
          <div className="view-tabs" role="tablist" aria-label="Sections" tabIndex={-1} onKeyDown={onKeyDown}>
            {views.map((one) => (
              <button
                key={one}
                type="button"
                role="tab"
                id={`${page.id}-${one}`}
                data-view={one}
                aria-selected={one === view}
                aria-controls={`${page.id}-section`}
                tabIndex={one === view ? 0 : -1}
                onClick={() => props.onView(one)}
              >
                {viewWords[one]}
              </button>
            ))}
          </div>
          <div className="view-panel" role="tabpanel" id={`${page.id}-section`} aria-labelledby={`${page.id}-${view}`}>
            <SectionBody key={view} reading={reading} oid={page.oid} view={view} actions={props.actions} />
          </div>
        </>
      )}
    </div>
  );
}

interface BodyProps {
  readonly reading: Reading;
  readonly oid: number;
  readonly actions: SchemaActions;
}

function SectionBody({ view, ...props }: BodyProps & { readonly view: View }) {
  const open = (subject: Subject) => props.actions.open(subject);
  const { bridge } = props.reading;
  switch (view) {
    case 'diagram':
      return <Diagram {...props} />;
    case 'columns':
      return (
        <Answer {...props} section="columns">
          {(of) => <Columns of={of} onOpen={(target) => open({ of: 'relation', ...target })} />}
        </Answer>
      );
    case 'keys':
      return (
        <Answer {...props} section="keys">
          {(of) => <Keys of={of} onOpen={open} />}
        </Answer>
      );
    case 'indexes':
      return (
        <Answer {...props} section="indexes">
          {(of) => <Indexes of={of} />}
        </Answer>
      );
    case 'triggers':
      return (
        <Answer {...props} section="triggers">
          {(of) => <Triggers of={of} onOpen={open} />}
        </Answer>
      );
    case 'partitions':
      return (
        <Answer {...props} section="partitions">
          {(of) => <Partitions of={of} onOpen={open} />}
        </Answer>
      );
    case 'dependencies':
      return (
        <Answer {...props} section="dependencies">
          {(of) => <Dependencies of={of} onOpen={open} />}
        </Answer>
      );
    case 'definition':
      return (
        <Answer {...props} section="definition">
          {(of) => (
            <Section of={of} empty={() => null}>
              {({ text }) => <Definition text={text} bridge={bridge} />}
            </Section>
          )}
        </Answer>
      );
  }
}

/** Reads a section while it is shown. */
function Answer<N extends SectionName>(props: {
  readonly reading: Reading;
  readonly oid: number;
  readonly section: N;
  readonly children: (of: Read<SectionOf<N>>) => ReactNode;
}) {
  return props.children(useSection(props.reading, props.oid, props.section));
}

export function FunctionPage({ reading, page }: { readonly reading: Reading; readonly page: Page }) {
  const of = useSection(reading, page.oid, 'function');
  return (
    <div className="object-page">
      <Section of={of} whole empty={() => null}>
        {(facts) => (
          <>
            <FunctionHead facts={facts} />
            {facts.definition === '' ? (
              <p className="section-words muted">
                <Icon name="info" size={13} /> The server keeps no text of an aggregate.
              </p>
            ) : (
              <Definition text={facts.definition} bridge={reading.bridge} />
            )}
          </>
        )}
      </Section>
    </div>
  );
}

export function TypePage({
  reading,
  page,
  actions,
}: {
  readonly reading: Reading;
  readonly page: Page;
  readonly actions: SchemaActions;
}) {
  const of = useSection(reading, page.oid, 'type');
  return (
    <div className="object-page">
      <Section of={of} whole empty={() => null}>
        {(facts) => (
          <>
            <TypeHead facts={facts} />
            {facts.definition === '' ? (
              <p className="section-words muted">
                <Icon name="info" size={13} /> It is written in another language; there is no SQL of it.
              </p>
            ) : (
              <Definition text={facts.definition} bridge={reading.bridge} />
            )}
            <h3 className="type-used">Where it is used</h3>
            {facts.used.length === 0 ? (
              <p className="section-words muted">No column, function or other type has it.</p>
            ) : (
              <Users list={facts.used} onOpen={actions.open} />
            )}
          </>
        )}
      </Section>
    </div>
  );
}
