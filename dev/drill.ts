/**
 * `npm run drill`: the night when nothing answers, rehearsed on real parts and without a person. Two approvers seal an
 * envelope for Amira's device; the collector and the identity provider stop; an approver computes the code from her
 * challenge; she reads the database through the app's own relay and hands back; the collector returns, hears of the opening
 * first, and the role is gone; the verifier checks the whole. Report, evidence and pictures go to `out/drill/`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { completeSignIn, type Desk, downloadBundle, launchBrowser, openDesk, visit } from '../e2e/support/desk.ts';
import { editorReady, openKey, runSql, signIn } from '../e2e/support/engineer.ts';
import { allowEnvelopes, askForEnvelope, challenge, confirmEnvelope } from '../e2e/support/envelope.ts';
import { launchVitrine, type Vitrine } from '../e2e/support/launch.ts';
import { findChromium } from './browser.ts';
import { build } from './build.ts';
import { startIdentity } from './stack/identity.ts';
import { startStack } from './stack/index.ts';
import { check, Teller, type Told } from './story/teller.ts';

const drill = new Teller('out/drill');
const STACK = 'out/drill-stack';
const SIZE = { width: 1280, height: 800 };
const PASSPHRASE = 'a passphrase for tests';
const cleanUp: (() => unknown)[] = [];

async function until(what: () => Promise<boolean>, ms: number, words: string): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await what())) {
    check(performance.now() < deadline, words);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The approver at a terminal: nothing of the collector runs but this command. */
function respond(asked: string, key: string): Promise<string> {
  const child = spawn(process.execPath, ['collector/index.ts', 'envelope', 'respond', asked], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(`${key}\n`);
  let said = '';
  child.stdout.on('data', (part: Buffer) => {
    said += part.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(said.trim()));
  });
}

async function rehearse(): Promise<void> {
  const chromium = await findChromium({ install: true });
  process.env.CHROMIUM = chromium;
  await drill.step('Build the app, the collector and the verifier', async () => {
    await build();
    return {};
  });
  rmSync(STACK, { recursive: true, force: true });
  const stack = await drill.open('Start PostgreSQL, the identity provider and the collector', async () => {
    const made = await startStack({ dir: STACK, orders: 20_000 });
    cleanUp.push(() => made.stop());
    allowEnvelopes(made.policyPath);
    return { made, facts: { collector: made.collectorUrl } };
  });
  const admin = new pg.Client({ connectionString: stack.target.superuserUrl });
  await admin.connect();
  cleanUp.push(() => admin.end());
  const roles = async (): Promise<string[]> => {
    const { rows } = await admin.query<{ rolname: string }>(
      "select rolname from pg_roles where rolname ~ '^vitrine_[a-z0-9]{8}$'",
    );
    return rows.map(({ rolname }) => rolname);
  };
  const browser = await launchBrowser(chromium);
  cleanUp.push(() => browser.close());
  const open = (): Promise<Desk> => openDesk(browser, SIZE);
  const app = async (userData?: string): Promise<Vitrine> => {
    const options = { env: { VITRINE_COLLECTOR: stack.collectorUrl }, viewport: SIZE };
    const started = await launchVitrine(userData === undefined ? options : { ...options, userData });
    cleanUp.push(() => started.kill('SIGTERM').catch(() => undefined));
    return started;
  };

  const day = await app();
  const { userData } = day;
  await drill.step('Amira signs in; her device tells its key for envelopes', async () => {
    const { page } = await open();
    await openKey(day.page);
    await signIn(day.page, day.opened, (url) => completeSignIn(page, url, 'Amira Haddad'));
    return {};
  });
  const lina = await open();
  const ingrid = await open();
  await drill.step('Li Na asks for an envelope, which is the first confirmation', async () => {
    await visit(lina.page, `${stack.collectorUrl}/envelopes`, 'Li Na');
    await askForEnvelope(lina.page, 'Amira Haddad', 'On call this week, for when the sign-in is down');
    await lina.page.getByText('Waits for a second approver').waitFor();
    await drill.picture(lina.page, 'asked');
    check((await roles()).length === 0, 'one approver alone makes no role');
    return { roles: 0 };
  });
  let key = '';
  await drill.step('Ingrid confirms; the role is made, the envelope sealed, the opening key shown once', async () => {
    await visit(ingrid.page, `${stack.collectorUrl}/envelopes`, 'Ingrid Solheim');
    key = await confirmEnvelope(ingrid.page);
    await ingrid.page.getByText('Sealed', { exact: true }).waitFor();
    const [made] = await roles();
    check(made !== undefined, 'the role waits on the target');
    return { role: made };
  });
  await drill.step('The envelope arrives on her device by itself', async () => {
    await until(
      async () => (await day.page.evaluate(() => window.vitrine.listEnvelopes())).ok,
      5000,
      'the app lists its envelopes',
    );
    const held = async () => {
      const answer = await day.page.evaluate(() => window.vitrine.listEnvelopes());
      return answer.ok && answer.value.some(({ state }) => state === 'sealed');
    };
    await until(held, 30_000, 'the envelope has arrived');
    await until(
      async () => (await ingrid.page.getByText('On the device since').count()) > 0,
      15_000,
      'the page of the collector says so',
    );
    await drill.picture(ingrid.page, 'sealed');
    return {};
  });

  await drill.step('The collector and the identity provider stop; the app is started anew', async () => {
    await day.kill('SIGTERM');
    await Promise.all([stack.collector.stop(), stack.identity.stop()]);
    return { collector: 'stopped', identity_provider: 'stopped' };
  });
  const night = await app(userData);
  const { page } = night;
  await drill.step('The app finds nobody, and offers the envelope', async () => {
    await page.getByLabel('Passphrase').fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Open an envelope…' }).waitFor();
    await drill.picture(page, 'nobody-answers');
    return {};
  });
  await drill.step('Challenge, code, reason: the envelope opens', async () => {
    await page.getByRole('button', { name: 'Open an envelope…' }).press('Enter');
    const asked = await challenge(page);
    await drill.picture(page, 'challenge');
    const code = await respond(asked, key);
    await page.getByLabel('Code').fill(code);
    await page.getByLabel('Incident').fill('INC-4711');
    await page.getByLabel('Why').fill('Drill: orders are stuck and nothing answers');
    const pressed = performance.now();
    await page.keyboard.press('Enter');
    await editorReady(page);
    const ms = Math.round(performance.now() - pressed);
    return { code_characters: code.replaceAll('-', '').length, usable_ms: ms };
  });
  await drill.step('She reads the database through the relay of the app; writing is refused', async () => {
    const stuck =
      "select id, placed_at, total from shop.orders where status = 'processing' and details->>'worker' = 'worker-7c9f'";
    const found = await runSql(page, stuck);
    check(/^37 rows/.test(found), `37 orders are stuck, not ${found}`);
    await drill.picture(page, 'offline');
    const refused = await runSql(page, "update shop.orders set status = 'paid' where id = 1");
    check(!/^UPDATE|1 row/.test(refused), 'an envelope only reads');
    return { found, write: refused };
  });
  const [role] = await roles();
  await drill.step('She hands back; the record waits on her disk', async () => {
    await page.getByRole('button', { name: 'Hand back' }).press('Enter');
    await page.getByRole('heading', { name: 'Handed back' }).waitFor();
    await drill.picture(page, 'handed-back');
    check(role !== undefined && (await roles()).includes(role), 'nobody could take the role away yet');
    return {};
  });

  await drill.step(
    'The collector returns: it hears of the opening without a sign-in, and the role is gone',
    async () => {
      await stack.collector.start();
      const back = performance.now();
      await until(async () => (await roles()).length === 0, 30_000, 'the role is gone');
      return { role_gone_after_ms: Math.round(performance.now() - back) };
    },
  );
  await drill.step('The identity provider returns; she signs in, and the records follow', async () => {
    const { dir, identity, collectorUrl } = stack;
    const again = await startIdentity({ dir: join(dir, 'identity'), port: identity.port, collectorUrl });
    cleanUp.push(() => again.stop());
    await page.getByRole('button', { name: 'Request again' }).press('Enter');
    await page.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
    const desk = await open();
    await signIn(page, night.opened, (url) => completeSignIn(desk.page, url, 'Amira Haddad'));
    await page.getByText('No database can be reached').waitFor({ timeout: 30_000 });
    return {};
  });
  const bundle = join(drill.folder, 'evidence.ndjson');
  await drill.step('On the review desk: a review is due, the opening stands first', async () => {
    await ingrid.page.goto(`${stack.collectorUrl}/review`);
    await ingrid.page.getByText('INC-4711').first().click();
    await ingrid.page.getByText('Envelope opened on the device, without the collector.').waitFor();
    await drill.picture(ingrid.page, 'review');
    writeFileSync(bundle, await downloadBundle(ingrid.page));
    const typs = typesIn(bundle);
    const opened = typs.indexOf('envelope.opened');
    const session = typs.indexOf('session.open');
    check(opened !== -1 && session > opened, 'the opening stands before every session under it');
    check(typs.filter((typ) => typ === 'envelope.opened').length === 1, 'it was opened once');
    return { entries: typs.length, opened_at_entry: opened + 1, first_session_at_entry: session + 1 };
  });
  await drill.step('The verifier checks the evidence offline', async () => {
    const run = spawnSync(process.execPath, ['out/verifier/index.js', bundle], { encoding: 'utf8' });
    check(run.status === 0, `the verifier finds nothing wrong: ${run.stdout}${run.stderr}`);
    writeFileSync(join(drill.folder, 'verified.txt'), run.stdout);
    return { exit: 0 };
  });
}

const typesIn = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"line":"entry"'))
    .map((line) => {
      const { entry } = JSON.parse(line) as { entry: string };
      const { payload } = JSON.parse(entry) as { payload: string };
      const { typ } = JSON.parse(Buffer.from(payload, 'base64').toString()) as { typ: string };
      return typ;
    });

/** What an auditor is shown: when it was, what was done, how long each step took, and how it ended. */
function report(steps: readonly Told[], failure: string | null, at: Date): string {
  const facts = (told: Told): string =>
    Object.entries(told.facts)
      .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${String(value)}`)
      .join('; ');
  const rows = steps.map((told) => `| ${told.n} | ${told.step} | ${told.ms} | ${facts(told)} |`);
  const pictures = steps.flatMap(({ pictures: all, step }) =>
    all.filter((file) => file.includes('-dark')).map((file) => `![${step}](${file})`),
  );
  return `# Drill of the offline envelope, ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC

${failure === null ? 'Every step was checked, and held.' : `**It failed:** ${failure}`}

| | step | ms | what was measured |
|---|---|---|---|
${rows.join('\n')}

The evidence bundle is \`evidence.ndjson\`, what the verifier said of it \`verified.txt\`.

${pictures.join('\n\n')}
`;
}

const began = new Date();
let failure: string | null = null;
try {
  await rehearse();
  drill.end();
} catch (error) {
  failure = error instanceof Error ? error.message : String(error);
  console.error(error);
  process.exitCode = 1;
} finally {
  writeFileSync(join(drill.folder, 'report.md'), report(drill.told, failure, began));
  for (const close of cleanUp.reverse()) await Promise.resolve(close()).catch((error: unknown) => console.error(error));
}
console.log(
  `\n${failure === null ? 'The drill held.' : 'The drill failed.'} Report, evidence and pictures: ${drill.folder}/`,
);
process.exit();
