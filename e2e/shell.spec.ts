/**
 * The built app's shell from inside its page: what the page has, and what it cannot do. Runs on the double and, where its
 * binary exists, on Electron. (I7)
 */
import { callNames, eventNames } from '../shared/ipc-names.ts';
import { expect, test } from './support/fixtures.ts';
import type { Vitrine } from './support/launch.ts';

/** Nobody answers here: the shell must stand before there is a collector. */
const alone = { env: { VITRINE_COLLECTOR: 'http://127.0.0.1:9' } };

/** Calls anything with anything, as a page that was taken over would. */
const callAnything = ({ page }: Vitrine, name: string, args: readonly unknown[]): Promise<unknown> =>
  page.evaluate(
    ({ name: wanted, args: given }) =>
      (window as unknown as { vitrine: Record<string, (...args: unknown[]) => Promise<unknown>> }).vitrine[wanted]?.(
        ...given,
      ),
    { name, args },
  );

test('the page has exactly the bridge of the contract, frozen, and no Node (I7)', async ({ launch }) => {
  const { page } = await launch(alone);
  const found = await page.evaluate(() => {
    const { vitrine } = window as unknown as { vitrine: object };
    return {
      names: Object.keys(vitrine).sort(),
      frozen: Object.isFrozen(vitrine),
      node: ['require', 'process', 'module', 'Buffer', 'global', 'ipcRenderer', 'electron'].filter(
        (name) => name in globalThis,
      ),
      isolated: crossOriginIsolated,
    };
  });
  expect(found).toEqual({ names: [...callNames, ...eventNames].sort(), frozen: true, node: [], isolated: true });
});

test('the page loads without breaking its own policy (I7)', async ({ launch }) => {
  const vitrine = await launch(alone);
  const broken: string[] = [];
  vitrine.page.on('console', (message) => {
    if (/Content Security Policy|TrustedScript|TrustedHTML/.test(message.text())) broken.push(message.text());
  });
  await vitrine.reload();
  await expect(vitrine.page.locator('#root, body > *').first()).toBeAttached();
  await vitrine.page.waitForTimeout(500);
  expect(broken).toEqual([]);
});

test('every call refuses arguments of the wrong type, before anybody has signed in (I7)', async ({ launch }) => {
  const vitrine = await launch(alone);
  for (const name of callNames)
    for (const args of [
      [1, 2, 3],
      [{ unexpected: true }, null],
      [[[]], 'x', 0],
    ])
      expect(await callAnything(vitrine, name, args), name).toMatchObject({
        ok: false,
        error: { code: 'bad_argument' },
      });
});

test('calls that need a grant are refused before anybody has signed in (I6)', async ({ launch }) => {
  const vitrine = await launch(alone);
  const result = 'A'.repeat(22);
  const calls: [string, unknown[]][] = [
    ['runSql', [{ tab: 't', text: 'select 1', confirmed: false }]],
    ['getRows', [{ result, offset: 0, count: 1 }]],
    ['cancelSql', [result]],
    ['readTree', []],
    ['readColumns', [[1]]],
    ['readItems', ['types']],
    ['readSection', [{ oid: 1259, section: 'columns' }]],
    ['readNeighbours', [{ oid: 1259, hops: 1 }]],
    ['openPort', []],
    ['closePort', []],
    ['copyPort', ['password']],
    ['openPsql', []],
    ['disconnectClient', [result]],
  ];
  for (const [name, args] of calls) expect(await callAnything(vitrine, name, args), name).toMatchObject({ ok: false });
  expect(vitrine.copied).toEqual([]);
});

test('the page reaches no network and opens no window (I7)', async ({ launch }) => {
  const { page } = await launch(alone);
  const results = await page.evaluate(async () => {
    const fetched = await fetch('https://example.com/').then(
      () => 'reached',
      () => 'refused',
    );
    return { fetched, opened: window.open('https://example.com/') };
  });
  expect(results).toEqual({ fetched: 'refused', opened: null });
  expect(page.context().pages()).toHaveLength(1);
});
