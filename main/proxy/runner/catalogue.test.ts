import { describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { catalogue } from '../../../shared/ipc-completion.ts';
import { closedAfterEach, sharedWorld } from '../test-hooks.ts';
import { argumentsOf } from './catalogue.ts';
import { openDesk } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
const desk = closedAfterEach(() => openDesk(world));

describe('the catalogue for completion', () => {
  it('is read through the relay with a record of each query, in the shape of the contract (I1)', async () => {
    await world.admin.query("comment on column shop.orders.id is 'A <b>number</b>.'");
    const d = await desk();
    const read = await d.runner.catalogue();
    expect(catalogue.safeParse(read).error).toBeUndefined();
    expect(d.rig.intents.map(({ origin }) => origin)).toEqual(Array(5).fill('introspection'));
    const orders = read.tables.find(({ schema, name }) => schema === 'shop' && name === 'orders');
    expect(orders?.columns[0]).toEqual({
      name: 'id',
      type: 'integer',
      comment: 'A <b>number</b>.',
      pk: true,
      nullable: false,
      allowed: true,
    });
    const secrets = read.tables.find(({ name }) => name === 'secrets');
    expect(secrets?.columns.map(({ allowed }) => allowed)).not.toContain(true);
    expect(read.foreignKeys.map(({ table, toTable }) => [table, toTable])).toContainEqual(['lines', 'orders']);
    expect(read.searchPath).toContain('pg_catalog');
  });
  it.each([
    ['', []],
    ['text, timestamp with time zone', ['text', 'timestamp with time zone']],
    [
      "a numeric(4, 2) DEFAULT 1, b text DEFAULT 'x, y'::text",
      ['a numeric(4, 2) DEFAULT 1', "b text DEFAULT 'x, y'::text"],
    ],
    ['"a, b" integer, VARIADIC rest integer[]', ['"a, b" integer', 'VARIADIC rest integer[]']],
  ])('parts the arguments %j', (text, parts) => expect(argumentsOf(text)).toEqual(parts));
});
