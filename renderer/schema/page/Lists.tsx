/** Keys, indexes, triggers, dependencies, partitions: a list of facts each. */
import type { RelationKind, SectionOf } from '../../../shared/ipc-schema.ts';
import { visibleName } from '../../../shared/visible.ts';
import { bytes, count, short } from '../../words/format.ts';
import type { Subject } from '../actions.ts';
import { Name } from '../Name.tsx';
import { Link } from './Link.tsx';
import { Facts, Section } from './Section.tsx';
import type { Read } from './use-section.ts';
import { kindWords } from './words.ts';

interface Props<N extends 'keys' | 'indexes' | 'triggers' | 'dependencies' | 'partitions'> {
  readonly of: Read<SectionOf<N>>;
  readonly onOpen: (subject: Subject) => void;
}
const none =
  (words: string) =>
  ({ list }: { readonly list: readonly unknown[] }): string | null =>
    list.length === 0 ? words : null;

const keyWords = {
  primary: 'primary key',
  unique: 'unique',
  foreign: 'foreign key',
  check: 'check',
  exclusion: 'exclusion',
  trigger: 'constraint trigger',
} as const;

export function Keys({ of, onOpen }: Props<'keys'>) {
  return (
    <Section of={of} empty={none('It has no keys and no checks, and no table refers to it.')}>
      {({ list }) => (
        <Facts label="Keys and checks" heads={['Name', 'Kind', 'Definition', 'Other table']}>
          {list.map((key) => (
            <tr key={`${key.incoming} ${key.target?.oid} ${key.name}`}>
              <th scope="row">
                <Name of={key.name} />
                {!key.valid && <span className="chip warn tiny">not validated</span>}
              </th>
              <td>{key.incoming ? 'foreign key to this table' : keyWords[key.kind]}</td>
              <td className="mono wrap">{visibleName(key.definition)}</td>
              <td>
                {key.target !== null && (
                  <Link to={key.target} onOpen={(target) => onOpen({ of: 'relation', ...target })} />
                )}
              </td>
            </tr>
          ))}
        </Facts>
      )}
    </Section>
  );
}

export function Indexes({ of }: Pick<Props<'indexes'>, 'of'>) {
  return (
    <Section of={of} empty={none('It has no indexes.')}>
      {({ list }) => (
        <Facts label="Indexes" heads={['Name', 'Size', 'Scans', 'Definition']} numbers={['Size', 'Scans']}>
          {list.map((index) => (
            <tr key={index.name}>
              <th scope="row">
                <Name of={index.name} />
                {index.primary && <span className="chip tiny">pk</span>}
                {index.unique && !index.primary && <span className="chip tiny">unique</span>}
                {!index.valid && <span className="chip danger tiny">not valid: never used</span>}
              </th>
              <td className="num">{bytes(index.size)}</td>
              <td className="num">{index.scans === null ? 'not known' : count(index.scans)}</td>
              <td className="mono wrap">{visibleName(index.definition)}</td>
            </tr>
          ))}
        </Facts>
      )}
    </Section>
  );
}

export function Triggers({ of, onOpen }: Props<'triggers'>) {
  return (
    <Section of={of} empty={none('It has no triggers.')}>
      {({ list }) => (
        <Facts label="Triggers" heads={['Name', 'Function', 'Definition']}>
          {list.map((trigger) => (
            <tr key={trigger.name}>
              <th scope="row">
                <Name of={trigger.name} />
                {!trigger.enabled && <span className="chip warn tiny">off</span>}
              </th>
              <td>
                <Link to={trigger.function} onOpen={(target) => onOpen({ of: 'function', ...target })} />
              </td>
              <td className="mono wrap">{visibleName(trigger.definition)}</td>
            </tr>
          ))}
        </Facts>
      )}
    </Section>
  );
}

export function Partitions({ of, onOpen }: Props<'partitions'>) {
  return (
    <Section of={of} empty={none('It has no partitions yet, so it can hold no rows.')}>
      {({ list }) => (
        <Facts
          label="Partitions"
          heads={['Partition', 'Holds', 'Rows, about', 'Size']}
          numbers={['Rows, about', 'Size']}
        >
          {list.map(({ target, bound, rows, size }) => (
            <tr key={target.oid}>
              <th scope="row">
                <Link to={target} onOpen={(to) => onOpen({ of: 'relation', ...to })} />
              </th>
              <td className="mono wrap">{visibleName(bound)}</td>
              <td className="num">{rows === null ? 'not known' : short(rows)}</td>
              <td className="num">{bytes(size)}</td>
            </tr>
          ))}
        </Facts>
      )}
    </Section>
  );
}

/** Which page something of this kind has. */
const pageOf = (kind: RelationKind | 'function' | 'type'): Subject['of'] =>
  kind === 'function' || kind === 'type' ? kind : 'relation';

/** What has a type. */
export function Users({
  list,
  onOpen,
}: {
  readonly list: SectionOf<'type'>['used'];
  readonly onOpen: (subject: Subject) => void;
}) {
  return (
    <Facts label="Where it is used" heads={['What', 'Kind', 'Through']}>
      {list.map(({ kind, target, through }) => (
        <tr key={`${kind} ${target.oid} ${through}`}>
          <th scope="row">
            <Link to={target} onOpen={(to) => onOpen({ of: pageOf(kind), ...to })} />
          </th>
          <td>{kindWords[kind]}</td>
          <td className="muted wrap">{visibleName(through)}</td>
        </tr>
      ))}
    </Facts>
  );
}

export function Dependencies({ of, onOpen }: Props<'dependencies'>) {
  return (
    <Section of={of} empty={none('Nothing depends on it, and it depends on nothing.')}>
      {({ list }) => (
        <Facts label="Dependencies" heads={['Direction', 'What', 'Kind', 'Through']}>
          {list.map(({ direction, kind, target, through }) => (
            <tr key={`${direction} ${kind} ${target.oid} ${through}`}>
              <td>{direction === 'uses' ? 'it needs' : 'is needed by'}</td>
              <th scope="row">
                <Link to={target} onOpen={(to) => onOpen({ of: pageOf(kind), ...to })} />
              </th>
              <td>{kindWords[kind]}</td>
              <td className="muted wrap">{visibleName(through)}</td>
            </tr>
          ))}
        </Facts>
      )}
    </Section>
  );
}
