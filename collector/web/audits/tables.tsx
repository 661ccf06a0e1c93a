/** The tables of an audit: each says in words what it would mean that it is empty. */
import type { ReactNode } from 'react';
import type { AuditedGrant, AuditReport, AuditSection } from '../../../shared/audits.ts';
import { useDesk } from '../state/desk.tsx';
import { Chip, Foreign, Moment } from '../ui/bits.tsx';
import { PageLink } from '../ui/top-bar.tsx';
import { fateWords, lastWords, letInBy, reviewLabel } from '../words/audit.ts';
import { count, plural } from '../words/number.ts';

/** Rows of one table that are drawn; the CSV has all. */
const MOST_SHOWN = 500;

interface Column<T> {
  readonly name: string;
  readonly cell: (row: T) => ReactNode;
}

function Table<T>(props: {
  readonly id: string;
  readonly section: AuditSection;
  readonly title: string;
  readonly none: string;
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly columns: readonly Column<T>[];
}) {
  const { id, section, title, none, rows, keyOf, columns } = props;
  const heading = `audit-${section}`;
  return (
    <section className="audit-section" aria-labelledby={heading}>
      <header className="row">
        <h2 id={heading}>{title}</h2>
        {rows.length > 0 && <span className="muted num">{count(rows.length)}</span>}
        <span className="grow" />
        {rows.length > 0 && (
          <a className="btn quiet" href={`/v1/audits/${id}/${section}.csv`} download aria-label={`${title} as CSV`}>
            CSV
          </a>
        )}
      </header>
      {rows.length === 0 ? (
        <p className="muted">{none}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to be reached by keyboard
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in
        <div className="audit-scroll" tabIndex={0} role="group" aria-labelledby={heading}>
          <table>
            <thead>
              <tr>
                {columns.map(({ name }) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, MOST_SHOWN).map((row) => (
                <tr key={keyOf(row)}>
                  {columns.map(({ name, cell }) => (
                    <td key={name}>{cell(row)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length > MOST_SHOWN && (
        <p className="muted">
          The first {count(MOST_SHOWN)} are shown; the CSV has all {count(rows.length)}.
        </p>
      )}
    </section>
  );
}

export function AuditTables({
  id,
  report,
  now,
}: {
  readonly id: string;
  readonly report: AuditReport;
  readonly now: number;
}) {
  const { me, go } = useDesk();
  const reviews = me.person.roles.includes('reviewer');
  const request = ({ id: grant, ticket, opened_at: opened }: AuditedGrant): ReactNode =>
    reviews && opened !== null ? (
      <PageLink to={`/review/${grant}`} go={go}>
        {ticket}
      </PageLink>
    ) : (
      ticket
    );
  const grantColumns: readonly Column<AuditedGrant>[] = [
    { name: 'Incident', cell: request },
    { name: 'Who', cell: ({ by }) => <Foreign of={by.name} /> },
    { name: 'Database', cell: ({ target }) => target.label },
    { name: 'What', cell: ({ scope }) => scope },
    { name: 'Severity', cell: ({ severity }) => severity },
    { name: 'Let in by', cell: (one) => <Foreign of={letInBy(one)} /> },
    { name: 'Asked', cell: ({ asked_at: at }) => <Moment at={at} as="moment" /> },
    { name: 'Minutes', cell: ({ minutes }) => <span className="num">{minutes}</span> },
    { name: 'What became of it', cell: (one) => <Foreign of={fateWords(one)} /> },
    { name: 'Review', cell: (one) => <Chip {...reviewLabel(one)} /> },
  ];
  return (
    <>
      <Table
        id={id}
        section="overdue"
        title="Reviews that are overdue"
        none="Every review that was due is signed off."
        rows={report.overdue}
        keyOf={(one) => one.id}
        columns={grantColumns}
      />
      <Table
        id={id}
        section="roles"
        title="Roles that should not exist"
        none={
          report.unreachable.length === 0
            ? 'No database had a role of ours without a live grant behind it.'
            : 'No database that answered had a role of ours without a live grant behind it.'
        }
        rows={report.roles}
        keyOf={({ target, role }) => `${target.id} ${role}`}
        columns={[
          { name: 'Role', cell: ({ role }) => <span className="mono">{role}</span> },
          { name: 'Database', cell: ({ target }) => target.label },
          {
            name: 'Now',
            cell: ({ removed }) =>
              removed ? <Chip text="found and removed" tone="warn" /> : <Chip text="still there" tone="danger" />,
          },
        ]}
      />
      <Table
        id={id}
        section="grants"
        title="Access that was asked for"
        none="Nobody asked for access."
        rows={report.grants}
        keyOf={(one) => one.id}
        columns={grantColumns}
      />
      <Table
        id={id}
        section="people"
        title={`People who have not used their right for ${plural(report.unused_days, 'day')}`}
        none="Everybody who may ask for access has used it."
        rows={report.people}
        keyOf={({ sub }) => sub}
        columns={[
          { name: 'Who', cell: ({ name }) => <Foreign of={name} /> },
          { name: 'Roles', cell: ({ roles }) => roles.join(', ') },
          { name: 'Last access', cell: ({ last_used_at: at }) => lastWords(at, now) },
          { name: 'Last sign-in', cell: ({ seen_at: at }) => lastWords(at, now) },
        ]}
      />
      <Table
        id={id}
        section="devices"
        title={`Devices that were not seen for ${plural(report.unused_days, 'day')}`}
        none="Every device that may sign was in use."
        rows={report.devices}
        keyOf={({ jkt }) => jkt}
        columns={[
          { name: 'Device', cell: ({ name }) => <Foreign of={name} /> },
          { name: 'Whose', cell: ({ by }) => <Foreign of={by.name} /> },
          { name: 'Key', cell: ({ jkt }) => <span className="mono">{jkt.slice(0, 12)}…</span> },
          { name: 'Last seen', cell: ({ seen_at: at }) => lastWords(at, now) },
        ]}
      />
      <Table
        id={id}
        section="policies"
        title="Changes of the policy"
        none="The policy did not change."
        rows={report.policies}
        keyOf={({ index }) => String(index)}
        columns={[
          { name: 'When', cell: ({ at }) => <Moment at={at} as="moment" /> },
          { name: 'Hash of the file', cell: ({ hash }) => <span className="mono">{hash}</span> },
          { name: 'Ledger', cell: ({ index }) => <span className="num">{count(index)}</span> },
        ]}
      />
    </>
  );
}
