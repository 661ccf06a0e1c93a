/** How good completion is: some 220 places in queries as people write them, and whether what is wanted stands on top. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Postgres, temporaryPostgres } from '../../dev/stack/postgres.ts';
import { seedShop } from '../../dev/stack/seed/index.ts';
import { readCatalogue } from '../../main/proxy/runner/catalogue.ts';
import { type CatalogueIndex, complete, indexed } from '../../renderer/completion/index.ts';
import { type Catalogue, catalogue as contract } from '../../shared/ipc-completion.ts';
import { type Case, largeCases, shopCases } from './cases.ts';
import { largeSchema } from './large.ts';

const adminPassword = 'only for this test';
let server: Postgres;
let shop: Catalogue;

beforeAll(async () => {
  server = await temporaryPostgres();
  await seedShop({ adminUrl: server.adminUrl, adminPassword, orders: 2000 });
  const client = new pg.Client({
    connectionString: `postgres://vitrine_admin:${encodeURIComponent(adminPassword)}@${server.host}:${server.port}/shop`,
  });
  await client.connect();
  const asText = { getTypeParser: () => (value: string) => value };
  shop = await readCatalogue(async (text) => (await client.query({ text, rowMode: 'array', types: asText })).rows);
  await client.end();
}, 120_000);
afterAll(() => server.stop());

/** Where the wanted item stands, from 1; null where it is not among the first fifty. */
function rank(index: CatalogueIndex, [wanted, text]: Case): number | null {
  const cursor = text.indexOf('¦');
  const found = complete(text.replace('¦', ''), cursor, index)?.items.findIndex(({ label }) => label === wanted) ?? -1;
  return found < 0 || found >= 50 ? null : found + 1;
}

describe('completion', () => {
  it('reads the catalogue in the shape of the contract', () => {
    expect(contract.safeParse(shop).error).toBeUndefined();
    expect(shop.tables.find(({ name }) => name === 'orders')?.comment).toMatch(/One row for each order/);
    expect(shop.foreignKeys).toContainEqual({
      schema: 'shop',
      table: 'order_lines',
      columns: ['product_id'],
      toSchema: 'shop',
      toTable: 'products',
      toColumns: ['id'],
    });
    const truncate = shop.functions.find(({ name, arguments: of }) => name === 'date_trunc' && of.length === 3);
    expect(truncate).toMatchObject({ arguments: ['text', 'timestamp with time zone', 'text'], kind: 'function' });
    expect(shop.types.find(({ name }) => name === 'order_status')?.labels.slice(0, 2)).toEqual(['placed', 'paid']);
    const tokens = shop.tables.find(({ name }) => name === 'card_tokens');
    expect(tokens?.columns.some(({ allowed }) => allowed)).toBe(false);
  });

  it('has what is wanted first in most places, and nearly always among the first five', () => {
    const small = indexed(shop);
    const large = largeSchema();
    const big = indexed({ ...shop, ...large, schemas: [...shop.schemas, ...large.schemas] });
    const ranked = [
      ...shopCases.map((one) => [one, rank(small, one)] as const),
      ...largeCases.map((one) => [one, rank(big, one)] as const),
    ];
    const share = (most: number) => ranked.filter(([, at]) => at !== null && at <= most).length / ranked.length;
    const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
    console.log(`${ranked.length} places: first ${percent(share(1))}, first five ${percent(share(5))}`);
    for (const [[wanted, text], at] of ranked)
      if (at === null || at > 1) console.log(`${at ?? 'missing'}\t${wanted}\t${JSON.stringify(text)}`);
    expect(ranked.length).toBeGreaterThanOrEqual(200);
    expect(share(1)).toBeGreaterThanOrEqual(0.92);
    expect(share(5)).toBeGreaterThanOrEqual(0.97);
  });
});
