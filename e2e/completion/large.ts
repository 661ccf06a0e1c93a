/** A generated schema of 5,000 tables with twelve columns each, as a grown business has it. */
import type { Catalogue, CatalogueColumn, CatalogueTable, ForeignKey } from '../../shared/ipc-completion.ts';

const modules =
  'billing crm hr warehouse shipping support catalog pricing payroll purchasing sales marketing fleet audit banking tax legal quality planning portal'.split(
    ' ',
  );
const things =
  'invoice contact employee pallet parcel ticket product price payslip supplier order campaign vehicle event account rate contract inspection plan session address approval asset batch budget category claim comment country currency customer delivery device discount document driver expense forecast group holiday item journal label location machine message offer package payment region'.split(
    ' ',
  );
const forms = ['', '_history', '_archive', '_item', '_note'];

const column = (name: string, type: string, more: Partial<CatalogueColumn> = {}): CatalogueColumn => ({
  name,
  type,
  comment: null,
  pk: false,
  nullable: true,
  allowed: true,
  ...more,
});

/** Tables and keys of the schema `erp`; every fourth table is not in the grant. */
export function largeSchema(): Pick<Catalogue, 'schemas' | 'tables' | 'foreignKeys'> {
  const tables: CatalogueTable[] = [];
  const foreignKeys: ForeignKey[] = [];
  for (const module of modules)
    for (const thing of things)
      for (const form of forms) {
        const base = `${module}_${thing}`;
        const name = `${base}${form}`;
        const allowed = form !== '_archive';
        const more = { allowed };
        tables.push({
          schema: 'erp',
          name,
          kind: 'table',
          rows: 1000 * (name.length % 7),
          comment: form === '' ? `Every ${thing} of ${module}.` : null,
          writes: allowed,
          columns: [
            column('id', 'bigint', { pk: true, nullable: false, allowed }),
            form === '' ? column('code', 'text', more) : column(`${thing}_id`, 'bigint', more),
            column('tenant_id', 'bigint', more),
            column('status', 'text', { ...more, comment: 'draft, open or done.' }),
            column('name', 'text', more),
            column('reference', 'text', more),
            column('amount', 'numeric(12,2)', more),
            column('currency', 'character(3)', more),
            column('created_at', 'timestamp with time zone', more),
            column('created_by', 'text', more),
            column('updated_at', 'timestamp with time zone', more),
            column(`${module}_data`, 'jsonb', more),
          ],
        });
        if (form !== '')
          foreignKeys.push({
            schema: 'erp',
            table: name,
            columns: [`${thing}_id`],
            toSchema: 'erp',
            toTable: base,
            toColumns: ['id'],
          });
      }
  return { schemas: [{ name: 'erp', comment: 'Enterprise resources.' }], tables, foreignKeys };
}
