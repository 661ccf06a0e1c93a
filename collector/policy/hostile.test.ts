import { describe, expect, it } from 'vitest';
import { PolicyFault, parsePolicy } from './index.ts';
import { changed, example, lineOf, parse } from './testing.ts';

const faultOf = async (text: string): Promise<PolicyFault> => {
  const fault = await parse(text).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(PolicyFault);
  return fault as PolicyFault;
};

describe('a policy file that means harm is refused, soon and with its place (I6)', () => {
  it('ten megabytes, before anything of it is parsed', async () => {
    const started = performance.now();
    const bytes = new TextEncoder().encode(`${example}# ${'x'.repeat(10 * 1024 * 1024)}\n`);
    const none = () => Promise.reject(new Error());
    await expect(parsePolicy(bytes, 'policy.yaml', none)).rejects.toThrow('at most 1048576 are read');
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('anchors and aliases that multiply', async () => {
    const nine = (of: string): string => `[${Array(9).fill(of).join(', ')}]`;
    const bomb = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} ${nine(i === 0 ? 'x' : `*a${i - 1}`)}`);
    const started = performance.now();
    expect((await faultOf(bomb.join('\n'))).message).toContain('anchors (&) are not allowed');
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('fifty thousand keys in one map', async () => {
    const many = Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join('\n');
    const started = performance.now();
    await faultOf(many);
    await expect(parse(`${many}\nk7: 2\n`)).rejects.toThrow(
      'policy.yaml:50001:1: keys must be unique, k7 occurs twice',
    );
    expect(performance.now() - started).toBeLessThan(20_000);
  }, 30_000);

  it('lists in lists in lists', async () => {
    expect((await faultOf(`x: ${'['.repeat(20_000)}`)).message).toContain('is nested too deeply');
  });

  it.each(['__proto__', 'constructor', 'toString'])('the key %s', async (key) => {
    const text = `${example}${key}: { admin: true }\n`;
    expect((await faultOf(text)).line).toBe(lineOf(text, `${key}: {`));
    const target = changed('  orders:\n    label', `  ${key}:\n    label`);
    await faultOf(target);
  });

  it.each([
    ['no time to answer', 'request_minutes: 30', 'request_minutes: 0', 'request_minutes: 0'],
    ['less than no time to start', 'activate_minutes: 15', 'activate_minutes: -1', 'activate_minutes: -1'],
    ['half a minute', 'request_minutes: 30', 'request_minutes: 0.5', 'request_minutes: 0.5'],
    ['minutes that are words', 'max_minutes: 10', 'max_minutes: ten', 'max_minutes: ten'],
    ['more minutes than numbers hold', 'max_minutes: 10', 'max_minutes: 1e400', 'max_minutes: 1e400'],
    ['a review before the end', 'review_hours: 24', 'review_hours: -24', 'review_hours: -24'],
    ['a rule for no such severity', '[SEV1, SEV2]', '[SEV1, SEV7]', '[SEV1, SEV7]'],
    ['a rule for a role of nobody', 'engineer: [oncall]', 'engineer: []', 'engineer: []'],
    ['an unknown key in a test', 'expect: allowed', 'expect: allowed\n    tally: 1', 'tally: 1'],
    ['a test about nobody', 'who: amira', 'who: nobody', 'who: nobody'],
    ['a test that expects a limit that is none', '{ refused: rule }', '{ refused: rules }', '{ refused: rules }'],
  ])('%s', async (_name, was, is, place) => {
    const text = changed(was, is);
    expect((await faultOf(text)).line).toBe(lineOf(text, place));
  });
});

describe('names as PostgreSQL has them', () => {
  it.each([
    ['a quote', 'ord"ers'],
    ['a statement', "x'; drop table orders; --"],
    ['umlauts and a han character', 'Bestellungen_ü_订单'],
    ['21 characters of three bytes each', '订'.repeat(21)],
  ])('keeps %s as it stands', async (_name, name) => {
    const policy = await parse(changed('table: products,', `table: ${JSON.stringify(name)},`));
    expect(policy.scopes.get('support-read')?.scope.tables[1]?.table).toBe(name);
  });

  const long = '订'.repeat(22);
  it.each([
    ['a table', 'table: products,', `table: ${long},`],
    ['a schema', 'schema: shop, table: products,', `schema: ${long}, table: products,`],
    ['a column', 'select: [id, name, country', `select: [id, ${long}, country`],
    ['a withheld column', 'without: [email', `without: [${long}, email`],
    ['a column that may be changed', 'update: [status', `update: [${long}, status`],
    ['a database', 'database: shop', `database: ${long}`],
  ])('refuses %s of 22 characters that are 66 bytes', async (_name, was, is) => {
    const text = changed(was, is);
    const { line, message } = await faultOf(text);
    expect(message).toContain('longer than 63 bytes');
    expect(line).toBe(lineOf(text, long));
  });

  it('refuses a NUL, which no name can hold', async () => {
    await expect(parse(changed('table: products,', 'table: "pro\\0ducts",'))).rejects.toThrow('NUL');
  });
});
