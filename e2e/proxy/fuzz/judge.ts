/** What must hold when a case is over: of the records, of what the client heard, and of what the server truly did. */
import type { Ledger, Recorded } from './ledger.ts';
import type { Cutter } from './memory-wire.ts';
import type { Truth } from './model.ts';
import type { Backend } from './target.ts';

/** `failed`: the log refused records for a while, so that some outcomes are not there. */
export function judgeRecords(ledger: Ledger, failed: boolean): string[] {
  const findings = [...ledger.violations];
  if (ledger.used.length > 0) findings.push(`${ledger.used.length} permits were used for nothing`);
  if (ledger.notices.some(({ code }) => code === 'defect')) findings.push('the relay met a defect of its own');
  for (const { used, outcomes, facts } of ledger.intents.values()) {
    const result = outcomes[0]?.result;
    if (result === undefined && !failed) findings.push(`${facts.op} without an outcome`);
    if (used && result === 'not_sent') findings.push(`${facts.op} was sent and recorded as not_sent`);
    if (!used && result !== undefined && result !== 'not_sent')
      findings.push(`${facts.op} was not sent and recorded as ${result}`);
  }
  return findings;
}

/** `brokenOff`: one of the two ends was gone in the middle of what it said. */
export function judgeAnswers(heard: Buffer, cutter: Cutter, brokenOff: boolean, ledger: Ledger): string[] {
  const findings: string[] = [];
  if (cutter.broken) findings.push('what the client heard is no sequence of messages');
  if (cutter.midMessage && !brokenOff) findings.push('the client heard half a message');
  if (heard.includes('/*vitrine:'))
    for (const id of ledger.intents.keys())
      if (heard.includes(`/*vitrine:${id}`)) findings.push('the client saw a tag');
  return findings;
}

/** The log held against the server's own account, statement by statement. */
export function compareTruth({ model, tap }: Backend): string[] {
  const findings: string[] = [];
  if (model.truths.length !== tap.sent.length)
    findings.push(`${tap.sent.length} statements were sent, ${model.truths.length} arrived`);
  for (const [i, truth] of model.truths.entries()) {
    const sent = tap.sent[i];
    if (sent === undefined) continue;
    const recorded = recordedAs(sent);
    const wanted = trulyWas(truth);
    if (recorded !== wanted) findings.push(`${truth.op} ${i} was "${wanted}" and is recorded as "${recorded}"`);
    if (truth.op !== 'execute' || truth.parse < 0) continue;
    if (sent.facts.of !== tap.sent[truth.parse]?.id)
      findings.push(`execute ${i} names another Parse than the one it ran`);
    const parameters = JSON.stringify(sent.facts.parameters ?? []);
    if (parameters !== JSON.stringify(truth.parameters))
      findings.push(`execute ${i} had other parameters than ${parameters}`);
  }
  return findings;
}

const recordedAs = ({ outcomes: [outcome] }: Recorded): string =>
  outcome === undefined ? 'nothing' : inWords(outcome.result, codeOf(outcome.sqlstate), outcome.tag ?? '', outcome);

/** In the words of an outcome, with the limits of one. */
const trulyWas = (truth: Truth): string =>
  inWords(truth.result, codeOf(truth.sqlstate), truth.tags.slice(0, 64).join('; ').slice(0, 256), truth);

/** How much of a COPY was on its way when it failed is only known to the side that sent it. */
const inWords = (
  result: string | null,
  sqlstate: string | null,
  tag: string,
  { rows, bytes }: { readonly rows: number; readonly bytes: number },
): string => [result, sqlstate, tag, rows, result === 'ok' ? bytes : '-'].join(' ');

/** Of names that are wrong the relay speaks itself; it has the server fail with an error of another name's. */
const codeOf = (sqlstate: string | null): string | null =>
  ['26000', '34000', '42P03'].includes(sqlstate ?? '') ? 'a wrong name' : sqlstate;
