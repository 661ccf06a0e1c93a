/** The top of a page: kind and name, what one may do, how much there is. */
import type { ReactNode } from 'react';
import type { SectionOf } from '../../../shared/ipc-schema.ts';
import { visibleName } from '../../../shared/visible.ts';
import { Icon } from '../../ui/icons.tsx';
import type { Subject } from '../actions.ts';
import { Name } from '../Name.tsx';
import { Link } from './Link.tsx';
import { type Reading, useSection } from './use-section.ts';
import { kindWords, mayWords, rowsWords, sizeWords } from './words.ts';

/** What all pages begin with; `children` are the facts, in one line. */
function Frame(props: {
  readonly of: { readonly schema: string; readonly name: string; readonly comment: string | null };
  readonly chips: ReactNode;
  readonly action?: ReactNode;
  readonly allowed: boolean;
  /** What one may do with it, in words. */
  readonly may: ReactNode;
  readonly mono?: boolean;
  readonly children: ReactNode;
}) {
  const { schema, name, comment } = props.of;
  return (
    <header className="object-head">
      <div className="object-title">
        <h2>
          <Name of={schema} className="muted" />
          <span className="muted">.</span>
          <Name of={name} />
        </h2>
        {props.chips}
        <span className="grow" />
        {props.action}
      </div>
      {comment !== null && <p className="object-comment">{visibleName(comment)}</p>}
      <p className="object-may">
        <span className={props.allowed ? 'allowed' : 'refused'}>
          <Icon name={props.allowed ? 'tick' : 'lock'} size={12} />
        </span>
        {props.may}
      </p>
      <p className={props.mono === true ? 'object-facts mono' : 'object-facts'}>{props.children}</p>
    </header>
  );
}

const Owner = ({ of }: { readonly of: string }) => (
  <span>
    owner <Name of={of} />
  </span>
);

export function Head(props: {
  readonly reading: Reading;
  readonly facts: SectionOf<'overview'>;
  readonly onSample: () => void;
  readonly onOpen: (subject: Subject) => void;
}) {
  const { facts } = props;
  const nothing = facts.readable === 0;
  const sample = (
    <button
      type="button"
      className="btn"
      disabled={nothing}
      title={nothing ? 'Not in this grant' : 'Runs a select of the columns that you may read; it is recorded as yours'}
      onClick={props.onSample}
    >
      <Icon name="play" size={12} />
      Show first 100 rows
    </button>
  );
  return (
    <Frame
      of={facts}
      chips={
        <>
          <span className="chip">{kindWords[facts.kind]}</span>
          {facts.writes && <span className="chip write">write</span>}
        </>
      }
      action={facts.kind !== 'sequence' && sample}
      allowed={!nothing || facts.writes}
      may={`${mayWords(facts)}${facts.filtered ? ' Row security may hide some rows from you.' : ''}`}
    >
      {rowsWords(facts) !== '' && <span>{rowsWords(facts)}</span>}
      {['table', 'partitioned', 'materialized'].includes(facts.kind) && (
        <Size reading={props.reading} oid={facts.oid} />
      )}
      <Owner of={facts.owner} />
      {facts.partition_key !== null && <span>partitioned by {visibleName(facts.partition_key)}</span>}
      {facts.partition_of !== null && (
        <span>
          partition of <Link to={facts.partition_of} onOpen={(target) => props.onOpen({ of: 'relation', ...target })} />
        </span>
      )}
    </Frame>
  );
}

function Size({ reading, oid }: { readonly reading: Reading; readonly oid: number }) {
  const { value, problem } = useSection(reading, oid, 'size');
  if (value === null) return <span>{problem === null ? 'measuring…' : `size not known: ${problem.message}`}</span>;
  return <span>{sizeWords(value) || 'empty'}</span>;
}

const typeWords: Readonly<Record<SectionOf<'type'>['kind'], string>> = {
  enum: 'enum',
  composite: 'composite type',
  domain: 'domain',
  range: 'range type',
  base: 'base type',
};

export const TypeHead = ({ facts }: { readonly facts: SectionOf<'type'> }) => (
  <Frame
    of={facts}
    chips={<span className="chip">{typeWords[facts.kind]}</span>}
    allowed={facts.allowed}
    may={facts.allowed ? 'You may name it, as in a cast.' : 'Not in this grant: you may not name it.'}
  >
    <Owner of={facts.owner} />
  </Frame>
);

export const FunctionHead = ({ facts }: { readonly facts: SectionOf<'function'> }) => (
  <Frame
    of={facts}
    chips={
      <>
        <span className="chip">{facts.result === null ? 'procedure' : 'function'}</span>
        <span className="chip">{facts.language}</span>
        {facts.definer && <span className="chip warn">runs with the rights of {visibleName(facts.owner)}</span>}
      </>
    }
    allowed={facts.allowed}
    may={facts.allowed ? 'You may call it.' : 'Not in this grant: you may not call it.'}
    mono
  >
    <span>({visibleName(facts.arguments)})</span>
    {facts.result !== null && <span>returns {visibleName(facts.result)}</span>}
    <span>{facts.volatility}</span>
  </Frame>
);
