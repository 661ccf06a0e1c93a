/** The collector stops, hangs and answers nonsense in each phase: the window says so, loses nothing, and goes on by itself. */
import { createServer, type Server } from 'node:http';
import { approve, completeSignIn, visit } from './support/desk.ts';
import { editorReady, everyRecordArrived, fillRequest, inLedger, runSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

/** Something that is no collector, in its place: every answer is a page of HTML with status 500. */
async function impostor(url: string): Promise<Server> {
  const { hostname, port } = new URL(url);
  const server = createServer((_request, response) => {
    response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>It works!</h1><img src=x onerror=alert(1)>');
  });
  await new Promise<void>((resolve) => server.listen(Number(port), hostname, resolve));
  return server;
}
const gone = (server: Server): Promise<unknown> => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
};

test('away at every step from the start to the summary: told each time, nothing lost, and back by itself (I5, I6)', async ({
  launch,
  stack,
  desk,
}) => {
  test.setTimeout(240_000);
  const amira = await desk();
  await stack.collector.stop();
  const { page, opened } = await launch({ env: { VITRINE_COLLECTOR: stack.collectorUrl } });

  // At the start, and where nonsense answers.
  const early = await impostor(stack.collectorUrl);
  await page.getByLabel('Passphrase', { exact: true }).fill('a passphrase for tests');
  await page.getByLabel('The same again').fill('a passphrase for tests');
  await page.getByRole('button', { name: 'Lock the key' }).press('Enter');
  await expect(page.getByText('Trying again by itself.')).toBeVisible();
  await expect(page.getByText(/answered with status 500/)).toBeVisible();
  await gone(early);
  await stack.collector.start();
  const signIn = page.getByRole('button', { name: 'Sign in with the browser' });
  await expect(signIn).toBeVisible({ timeout: 30_000 });

  // While somebody signs in: the identity provider knows them, the collector does not answer.
  const url = opened();
  await signIn.press('Enter');
  const address = await url;
  await stack.collector.stop();
  await completeSignIn(amira.page, address, 'Amira Haddad');
  const retry = page.getByRole('button', { name: 'Try again' });
  await expect(retry).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('alert')).toContainText('cannot be reached');
  await stack.collector.start();
  const again = opened();
  await retry.press('Enter');
  await completeSignIn(amira.page, await again, 'Amira Haddad');
  await page.getByRole('heading', { name: 'Break the glass' }).waitFor();

  // The form is kept while it cannot be sent.
  const nonsense = await stack.collector.stop().then(() => impostor(stack.collectorUrl));
  await fillRequest(page, { ...SEV1, severity: 'SEV2', ticket: 'INC-4831' });
  await page.getByLabel('Why').press('Enter');
  await expect(page.getByRole('alert').first()).toBeVisible();
  await expect(page.getByText(/answered with status 500/)).toBeVisible();
  await expect(page.getByLabel('Why')).toHaveValue(SEV1.reason);
  await expect(page.locator('img[src=x]')).toHaveCount(0);
  await gone(nonsense);
  await stack.collector.start();
  await page.getByLabel('Why').press('Enter');
  await page.getByRole('heading', { name: 'Waiting for approval' }).waitFor();

  // Nobody answers for a while; the approval is seen all the same.
  const link = await page.locator('.waiting .link .mono').innerText();
  await stack.collector.stop('SIGKILL');
  await expect(page.getByText('The request stands. It is asked for again by itself.')).toBeVisible();
  await stack.collector.start();
  await expect(page.getByText('The request stands.')).toHaveCount(0);
  const lina = await desk();
  await visit(lina.page, link, 'Li Na');
  await approve(lina.page, 'Go ahead.');
  await editorReady(page);
  expect(await runSql(page, 'select 1')).toBe('1 row');
  await inLedger(page);

  // It takes connections and says nothing: work goes on, records wait.
  const pid = stack.collector.pid() ?? 0;
  process.kill(pid, 'SIGSTOP');
  expect(await runSql(page, 'select 2')).toBe('1 row');
  await expect(page.locator('footer.status')).toContainText(/\d+ of \d+ records in the ledger/);
  process.kill(pid, 'SIGCONT');
  await inLedger(page);

  // Handing back: the summary says what is not known yet, and completes itself.
  await stack.collector.stop();
  const last = await impostor(stack.collectorUrl);
  await page.getByRole('button', { name: /Hand back/ }).click();
  await expect(page.getByText('until the role is gone')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/The rest is safe on this disk and goes on being sent/)).toBeVisible();
  await gone(last);
  await stack.collector.start();
  await everyRecordArrived(page);
  await expect(page.getByText('until the role was gone')).toBeVisible({ timeout: 30_000 });
});
