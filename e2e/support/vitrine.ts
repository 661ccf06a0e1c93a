/** `test` for specs that need the whole product: the embedded stack, a browser for the other people, and the app. */
import type { Browser } from '@playwright/test';
import pg from 'pg';
import { findChromium } from '../../dev/browser.ts';
import { type Stack, startStack } from '../../dev/stack/index.ts';
import { completeSignIn, type Desk, launchBrowser, openDesk } from './desk.ts';
import { openKey, signIn } from './engineer.ts';
import { test as base } from './fixtures.ts';
import type { LaunchOptions, Vitrine } from './launch.ts';

export { expect } from './fixtures.ts';

interface WorkerFixtures {
  /** Real PostgreSQL, identity provider and collector; the shop is smaller than in `npm start`, the 37 orders are there. */
  stack: Stack;
  browser2: Browser;
}
interface TestFixtures {
  /** Looks at the target from outside, as superuser. */
  target: pg.Client;
  /** Ephemeral roles that were not there when the test began: an app that was killed in another one leaves its own to the deadline. */
  roles(): Promise<string[]>;
  desk(): Promise<Desk>;
  /** Starts the app and brings Amira to the request form. */
  signedIn(options?: LaunchOptions): Promise<Vitrine>;
  /** Signs Amira in in an app that shows its first screen. */
  enter(app: Vitrine): Promise<void>;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  stack: [
    // biome-ignore lint/correctness/noEmptyPattern: the test runner insists on a destructured first parameter
    async ({}, use) => {
      const stack = await startStack({ dir: 'out/e2e-stack', orders: 20_000 });
      await use(stack);
      await stack.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  browser2: [
    // biome-ignore lint/correctness/noEmptyPattern: the test runner insists on a destructured first parameter
    async ({}, use) => {
      const browser = await launchBrowser(await findChromium({ install: true }));
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  target: async ({ stack }, use) => {
    const client = new pg.Client({ connectionString: stack.target.superuserUrl });
    await client.connect();
    await use(client);
    await client.end();
  },
  roles: async ({ target }, use) => {
    const strangers = new Set(await ephemeralRoles(target));
    await use(async () => (await ephemeralRoles(target)).filter((name) => !strangers.has(name)));
  },
  desk: async ({ browser2 }, use) => {
    const open: Desk[] = [];
    await use(async () => {
      const desk = await openDesk(browser2);
      open.push(desk);
      return desk;
    });
    for (const desk of open) await desk.close();
  },
  enter: async ({ desk }, use) => {
    await use(async (app) => {
      const { page } = await desk();
      await openKey(app.page);
      await signIn(app.page, app.opened, (url) => completeSignIn(page, url, 'Amira Haddad'));
    });
  },
  signedIn: async ({ stack, launch, enter }, use) => {
    await use(async (options = {}) => {
      const app = await launch({ ...options, env: { VITRINE_COLLECTOR: stack.collectorUrl, ...options.env } });
      await enter(app);
      return app;
    });
  },
});

/** Ephemeral roles that exist on the target now. */
export async function ephemeralRoles(target: pg.Client): Promise<string[]> {
  const { rows } = await target.query<{ rolname: string }>(
    "select rolname from pg_roles where rolname ~ '^vitrine_[a-z0-9]{8}$' order by rolname",
  );
  return rows.map((row) => row.rolname).filter((name) => name !== 'vitrine_admin');
}

/** Ledger entries of one grant, oldest first, as the reviewer's timeline has them. */
export const SEV1 = {
  severity: 'SEV1',
  minutes: 30,
  ticket: 'INC-4711',
  reason: 'Orders stuck in processing since the 11:40 deploy',
};
