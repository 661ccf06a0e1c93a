/**
 * `npm run story`: the whole product without a person, on real parts and without a screen. Amira breaks the glass, finds
 * the 37 orders that hang, repairs them, checks with another tool, hands back; later she needs Li Na's approval and runs into the deadline; Ingrid
 * reads the record, signs it off and takes the evidence; the verifier checks it offline. Pictures and measured facts go
 * to `out/story/`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import {
  approve,
  completeSignIn,
  type Desk,
  downloadBundle,
  launchBrowser,
  openDesk,
  signOff,
  verified,
  visit,
} from '../../e2e/support/desk.ts';
import {
  breakTheGlass,
  editorReady,
  everyRecordArrived,
  fillRequest,
  inLedger,
  openKey,
  runSql,
  signIn,
  startSql,
} from '../../e2e/support/engineer.ts';
import { launchVitrine } from '../../e2e/support/launch.ts';
import { findChromium } from '../browser.ts';
import { build } from '../build.ts';
import { startStack } from '../stack/index.ts';
import { check, Teller } from './teller.ts';

const story = new Teller('out/story');
const cleanUp: (() => Promise<unknown>)[] = [];
const SIZE = { width: 1280, height: 800 };

const FIND = `-- INC-4711: orders that never left processing after the 11:40 deploy
select o.id, o.placed_at, c.name, o.total, o.details->>'worker' as worker, p.state as payment
from shop.orders o
join shop.customers c on c.id = o.customer_id
left join shop.payments p on p.order_id = o.id
where o.status = 'processing' and o.details->>'worker' = 'worker-7c9f'
order by o.placed_at;`;
const REPAIR = `begin;
update shop.orders
set status = 'paid', updated_at = now()
where status = 'processing' and details->>'worker' = 'worker-7c9f';
commit;`;
const TOOL = 'order report';
const CHECK =
  "select count(*)::int as n from shop.orders where status = 'processing' and details->>'worker' = 'worker-7c9f'";
const ENDLESS = 'select pg_sleep(600), count(*) from shop.orders;';

async function tell(): Promise<void> {
  const chromium = await findChromium({ install: true });
  process.env.CHROMIUM = chromium;
  await story.step('Build the app, the collector and the verifier', async () => {
    await build();
    return {};
  });
  const stack = await story.open('Start PostgreSQL, the identity provider and the collector', async () => {
    const started = await startStack({ log: console.log });
    cleanUp.push(() => started.stop());
    return { made: started, facts: { collector: started.collectorUrl } };
  });
  const admin = new pg.Client({ connectionString: stack.target.superuserUrl });
  await admin.connect();
  cleanUp.push(() => admin.end());
  const stuck = async (): Promise<number> => {
    const { rows } = await admin.query<{ n: number }>(
      "select count(*)::int n from shop.orders where status = 'processing' and details->>'worker' = 'worker-7c9f'",
    );
    return rows[0]?.n ?? -1;
  };
  const roles = async (): Promise<string[]> => {
    const { rows } = await admin.query<{ rolname: string }>(
      "select rolname from pg_roles where rolname ~ '^vitrine_[a-z0-9]{8}$'",
    );
    return rows.map((row) => row.rolname);
  };
  // Grants of an earlier visit may still run out beside this story.
  const strangers = new Set(await roles());
  const ourRoles = async (): Promise<number> => (await roles()).filter((name) => !strangers.has(name)).length;
  // A story told before has repaired them; the incident happens again.
  await admin.query("update shop.orders set status = 'processing' where details->>'worker' = 'worker-7c9f'");

  const browser = await launchBrowser(chromium);
  cleanUp.push(() => browser.close());
  const open = async (): Promise<Desk> => {
    const desk = await openDesk(browser, SIZE);
    cleanUp.push(() => desk.close());
    return desk;
  };

  const app = await story.open('Open the app', async () => {
    const opened = await launchVitrine({ env: { VITRINE_COLLECTOR: stack.collectorUrl }, viewport: SIZE });
    cleanUp.push(() => opened.close());
    await opened.page.getByRole('button', { name: 'Lock the key' }).waitFor();
    await story.picture(opened.page, 'device-key');
    return { made: opened, facts: { loaded_ms: opened.loadedMs === null ? null : Math.round(opened.loadedMs) } };
  });
  const { page } = app;

  const amira = await open();
  await story.step('Amira locks the device key and signs in through the browser', async () => {
    await openKey(page);
    await story.picture(page, 'signed-out');
    await signIn(page, app.opened, async (url) => {
      await amira.page.goto(url);
      await amira.page.getByRole('heading', { name: 'Who is there?' }).waitFor();
      await story.picture(amira.page, 'login');
      await completeSignIn(amira.page, url, 'Amira Haddad');
    });
    return {};
  });

  const orders = {
    severity: 'SEV1',
    minutes: 30,
    ticket: 'INC-4711',
    reason: 'Orders stuck in processing since the 11:40 deploy',
  };
  await story.step('She breaks the glass alone (SEV1)', async () => {
    await fillRequest(page, { ...orders, scope: repairScope(await scopes(page)) });
    await story.picture(page, 'request');
    await breakTheGlass(page, { ...orders, scope: repairScope(await scopes(page)) });
    check((await ourRoles()) === 1, 'one ephemeral role exists');
    return { roles: 1 };
  });

  await story.step('She finds the 37 orders', async () => {
    const title = await runSql(page, FIND);
    check(title === '37 rows', `37 rows are shown, not “${title}”`);
    await inLedger(page);
    await story.picture(page, 'found');
    return { title };
  });

  await story.step('She is refused what the grant does not hold', async () => {
    const title = await runSql(page, 'select * from shop.card_tokens;');
    check(title === 'Error', 'the statement is refused');
    await page.getByText('42501').first().waitFor();
    await story.picture(page, 'refused');
    return { title };
  });

  await story.step('She repairs them in one transaction', async () => {
    await runSql(page, REPAIR, { all: true });
    await page.getByText('37 rows changed').first().waitFor();
    await page.getByText('Committed').first().waitFor();
    check((await stuck()) === 0, 'no order hangs any more');
    await story.picture(page, 'repaired');
    return { stuck: 0 };
  });

  await story.step('She lets another tool in through the local port', async () => {
    await page.keyboard.press('ControlOrMeta+Shift+D');
    const panel = page.getByRole('dialog', { name: 'Local port' });
    await panel.waitFor();
    await page.keyboard.press('Enter');
    await panel.getByText('Nothing is connected').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('is on the clipboard').waitFor();
    const connectionString = app.copied.at(-1) ?? '';
    check(connectionString.startsWith('postgresql://'), 'the connection string is on the clipboard');
    const tool = new pg.Client({ connectionString, application_name: TOOL });
    await tool.connect();
    const { rows } = await tool.query<{ n: number }>(CHECK);
    check(rows[0]?.n === 0, 'the tool sees that no order hangs any more');
    await panel.getByText('1 statement', { exact: false }).waitFor();
    await page.getByText(`${TOOL} is connected through the local port.`).waitFor();
    await story.picture(page, 'local-port');
    const { password } = new URL(connectionString);
    const told = (await page.content()) + JSON.stringify(await page.evaluate(() => window.vitrine.getState()));
    check(told.includes(TOOL) && !told.includes(password), 'the page has the tool, and not the password');
    await tool.end();
    await panel.getByText('Nothing is connected').waitFor();
    await page.keyboard.press('Escape');
    return { tool: TOOL };
  });

  await story.step('She hands back; every record is in the ledger and the role is gone', async () => {
    await page.getByRole('button', { name: /Hand back/ }).click();
    const line = await everyRecordArrived(page);
    check((await ourRoles()) === 0, 'the role is gone');
    await story.picture(page, 'handed-back');
    return { line };
  });

  const lina = await open();
  await story.step('She asks again with a lower severity, and waits', async () => {
    await page.getByRole('button', { name: 'Request again' }).click();
    await fillRequest(page, {
      severity: 'SEV2',
      minutes: 1,
      ticket: 'INC-4711',
      reason: 'Checking that no order hangs any more',
    });
    await page.getByLabel('Why').press('Enter');
    await page.getByRole('heading', { name: 'Waiting for approval' }).waitFor();
    await story.picture(page, 'waiting');
    return {};
  });
  await story.step('Li Na reads the request and approves it', async () => {
    const link = await page.locator('.waiting .link .mono').innerText();
    await lina.page.goto(link);
    await lina.page.getByRole('link', { name: 'Sign in with your organisation' }).waitFor();
    await story.picture(lina.page, 'desk-signed-out');
    await visit(lina.page, link, 'Li Na');
    await lina.page
      .getByRole('button', { name: /^Approve/ })
      .first()
      .waitFor();
    await story.picture(lina.page, 'approve');
    await approve(lina.page, 'Go ahead, I am on the bridge.');
    await editorReady(page);
    await story.picture(lina.page, 'approved');
    return { link: new URL(link).pathname };
  });

  await story.step('Her query is still running at the deadline and is cut', async () => {
    await startSql(page, ENDLESS);
    await page.locator('.result-bar .spinner').waitFor();
    await story.picture(page, 'last-minute');
    await page.getByRole('heading', { name: 'The time was over' }).waitFor({ timeout: 90_000 });
    await page.getByText(/A statement was still running/).waitFor();
    const line = await everyRecordArrived(page);
    check((await ourRoles()) === 0, 'the role is gone');
    const { rows } = await admin.query<{ n: number }>(
      "select count(*)::int n from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()",
    );
    check(rows[0]?.n === 0, 'the server has stopped the statement');
    await story.picture(page, 'expired');
    return { line };
  });

  const ingrid = await open();
  await story.step('Ingrid reads the record of the first grant, checked in her browser', async () => {
    await visit(ingrid.page, stack.collectorUrl, 'Ingrid Solheim');
    await ingrid.page
      .getByRole('navigation', { name: /Grants/ })
      .getByText('Amira Haddad')
      .first()
      .waitFor();
    // By deadline: the newest grant that changed rows is the last of those that wait for a review.
    const due = ingrid.page
      .locator('a[href^="/review/"]')
      .filter({ hasText: '37 rows changed' })
      .filter({ hasText: 'due in' });
    await due.last().click();
    await ingrid.page
      .locator('main.grant')
      .getByText(/37 rows changed/)
      .first()
      .waitFor();
    const summary = await verified(ingrid.page);
    check(!summary.includes('failed'), `the checks pass: ${summary}`);
    await story.picture(ingrid.page, 'review');
    return { summary };
  });
  await story.step('She judges every statement by keyboard and signs it off', async () => {
    const statements = await ingrid.page.locator('[data-intent]').count();
    await ingrid.page.keyboard.press('ArrowRight');
    for (let n = 0; n < statements; n++) {
      await ingrid.page.keyboard.press('1');
      await ingrid.page.keyboard.press('j');
    }
    await ingrid.page.getByText(`${statements} of ${statements} statements with a verdict`).waitFor();
    await signOff(ingrid.page, 'Read every statement. The update touches exactly the 37 orders of the incident.');
    const summary = await verified(ingrid.page);
    await story.picture(ingrid.page, 'signed-off');
    return { statements, summary };
  });

  const bundle = join(story.folder, 'evidence.ndjson');
  await story.step('She downloads the evidence and the verifier finds nothing wrong with it, offline', async () => {
    writeFileSync(bundle, await downloadBundle(ingrid.page));
    const run = verify(bundle);
    check(run.status === 0, `the verifier is content:\n${run.output}`);
    const through = recordsIn(bundle).filter(({ typ, origin }) => typ === 'intent' && origin === 'port');
    check(through.length === 1, 'the statement of the other tool is in the ledger, as one that came through the port');
    return { exit: run.status, bytes: readFileSync(bundle).length, through_port: through.length };
  });
  await story.step('One flipped byte in an entry is found', async () => {
    const bytes = readFileSync(bundle);
    const lines = bytes.toString('utf8').split('\n');
    const entry = lines.findIndex((text) => text.includes('"line":"entry"'));
    const at = lines.slice(0, entry).join('\n').length + 1 + Math.floor((lines[entry]?.length ?? 0) / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const tampered = join(story.folder, 'tampered.ndjson');
    writeFileSync(tampered, bytes);
    const run = verify(tampered);
    check(run.status !== 0, 'the verifier objects');
    return { exit: run.status, finding: run.output.split('\n')[0] };
  });
}

/** Records of an evidence bundle, whose lines hold the envelopes as they are. */
const recordsIn = (file: string): { typ?: unknown; origin?: unknown }[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"line":"entry"'))
    .flatMap((line) => {
      const payload = /\\"payload\\":\\"([\w+/=]+)\\"/.exec(line)?.[1];
      return payload === undefined ? [] : [JSON.parse(Buffer.from(payload, 'base64').toString())];
    });

const verify = (file: string): { status: number | null; output: string } => {
  const run = spawnSync(process.execPath, ['out/verifier/index.js', file], { encoding: 'utf8' });
  return { status: run.status, output: run.stdout + run.stderr };
};

const scopes = (page: import('playwright').Page): Promise<string[]> =>
  page
    .getByLabel('What you need')
    .locator('option')
    .evaluateAll((all) => all.map((one) => one.getAttribute('label') ?? ''));
const repairScope = (labels: readonly string[]): string => {
  const label = labels.find((one) => /repair/i.test(one));
  check(label !== undefined, 'the form offers a repair scope');
  return label;
};

try {
  await tell();
  story.end();
  console.log(`\nEvery step was checked. Pictures and story.json are in ${story.folder}/`);
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  console.error(`\nThe story ended early; its pictures so far are in ${story.folder}/`);
  process.exitCode = 1;
} finally {
  for (const close of cleanUp.reverse()) await close().catch((error: unknown) => console.error(error));
}
process.exit();
