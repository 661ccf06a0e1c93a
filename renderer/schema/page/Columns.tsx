/** The columns, and what one may do with each. */
import type { SectionOf, Target } from '../../../shared/ipc-schema.ts';
import { visibleName } from '../../../shared/visible.ts';
import { Name } from '../Name.tsx';
import { Link } from './Link.tsx';
import { Facts, Section } from './Section.tsx';
import type { Read } from './use-section.ts';

type Column = SectionOf<'columns'>['list'][number];

function defaultOf({ generated, default: expression }: Column): string {
  const text = visibleName(expression ?? '');
  if (generated === 'identity') return 'numbered by the server';
  if (generated !== null) return `= ${text}${generated === 'virtual' ? ' (virtual)' : ''}`;
  return text;
}
const may = ({ select, insert, update }: Column): string =>
  [select && 'read', insert && 'insert', update && 'update'].filter(Boolean).join(', ');

export function Columns({
  of,
  onOpen,
}: {
  readonly of: Read<SectionOf<'columns'>>;
  readonly onOpen: (target: Target) => void;
}) {
  return (
    <Section of={of} empty={({ list }) => (list.length === 0 ? 'It has no columns.' : null)}>
      {({ list }) => (
        <Facts label="Columns" heads={['Column', 'Type', 'Null', 'Default', 'References', 'You may', 'Comment']}>
          {list.map((column) => (
            <tr key={column.name}>
              <th scope="row">
                <Name of={column.name} className={may(column) === '' ? 'no' : ''} />
                {column.pk && <span className="chip tiny">pk</span>}
              </th>
              <td className="mono">{visibleName(column.type)}</td>
              <td>{column.nullable ? 'yes' : 'no'}</td>
              <td className="mono wrap">{defaultOf(column)}</td>
              <td>{column.references !== null && <Link to={column.references} onOpen={onOpen} />}</td>
              <td className={may(column) === '' ? 'faint' : ''}>{may(column) || 'not in this grant'}</td>
              <td className="wrap muted">{visibleName(column.comment ?? '')}</td>
            </tr>
          ))}
        </Facts>
      )}
    </Section>
  );
}
