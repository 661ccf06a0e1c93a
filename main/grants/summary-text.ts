/**
 * What was done under a grant, as Markdown to paste into an incident's ticket: facts in the order in which somebody reads
 * them the next morning. Texts of statements are quoted so that nothing in them is taken for Markdown. Pure.
 */
import type { Summary } from '../../shared/ipc.ts';
import { visibleLine, visibleText } from '../../shared/visible.ts';

/** A ticket is no log: more statements than this are counted. */
const MOST_STATEMENTS = 50;
const MOST_OF_A_TEXT = 2000;

const ends: Readonly<Record<Summary['why'], string>> = {
  expired: 'the time was over',
  handed_back: 'handed back',
  revoked: 'revoked',
  failed: 'ended early',
};

export function summaryText(summary: Summary): string {
  const { fates, ledger, recent } = summary;
  const lines = [
    `## ${inline(summary.ticket)}: access to ${inline(summary.target)} (${summary.environment})`,
    '',
    `- **Why:** ${inline(summary.reason)}`,
    `- **When:** ${time(summary.from)} to ${time(summary.until)}, ${summary.severity}; ${ends[summary.why]}`,
    `- **Statements:** ${summary.statements}${summary.denied > 0 ? `, ${summary.denied} denied` : ''}`,
    `- **Tables:** ${summary.tables.length === 0 ? 'none' : summary.tables.map(code).join(', ')}`,
    `- **Rows:** ${summary.rows_read} read, ${summary.rows_changed} changed${summary.rows_changed === 0 ? '' : ` (${fateWords(fates)})`}`,
  ];
  if (summary.transaction !== null) lines.push(`- **Open transaction at the end:** ${inline(summary.transaction)}`);
  if (summary.cut !== null)
    lines.push(`- **Cut while running:** ${code(summary.cut.text)} ${inline(summary.cut.outcome)}`);
  if (summary.exports.done > 0)
    lines.push(`- **Exports:** ${summary.exports.done}, ${summary.exports.rows} rows, ${summary.exports.bytes} bytes`);
  for (const tool of summary.tools) lines.push(`- **Connected tool:** ${inline(tool.name)}`);
  lines.push(
    `- **Records:** ${ledger.in_ledger} of ${ledger.recorded} in the ledger; grant ${code(summary.grant)}`,
    '',
  );
  if (recent.length === 0) lines.push('No statement was sent.');
  const shown = recent.slice(-MOST_STATEMENTS);
  if (summary.statements > shown.length)
    lines.push(`The last ${shown.length} of ${summary.statements} statements:`, '');
  for (const [n, statement] of shown.entries()) lines.push(...statementLines(n + 1, statement));
  return `${lines.join('\n').trimEnd()}\n`;
}

function statementLines(n: number, statement: Summary['recent'][number]): string[] {
  const { text, result, tag, sqlstate, ms, port, ledger_index: index } = statement;
  const facts = [
    result === 'ok'
      ? inline(tag ?? 'done')
      : result === 'error'
        ? `error ${sqlstate ?? ''}`.trim()
        : result.replace('_', ' '),
    ms === null ? null : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`,
    port ? 'local port' : null,
    index === null ? 'not in the ledger yet' : `ledger ${index}`,
  ].filter((fact) => fact !== null);
  const cut = visibleText(text.length > MOST_OF_A_TEXT ? `${text.slice(0, MOST_OF_A_TEXT)} …` : text);
  // What belongs to a point of a list stands as far to the right as its words do.
  const margin = ' '.repeat(`${n}. `.length);
  const fence = '`'.repeat(Math.max(3, longestRun(cut) + 1));
  return [
    `${n}. ${facts.join(' · ')}`,
    `${margin}${fence}sql`,
    ...cut.split('\n').map((line) => `${margin}${line}`),
    `${margin}${fence}`,
  ];
}

export function fateWords({ committed, rolled_back: back, unknown }: Summary['fates']): string {
  const parts = [
    committed > 0 ? `${committed} committed` : null,
    back > 0 ? `${back} rolled back` : null,
    unknown > 0 ? `${unknown} not known` : null,
  ].filter((part) => part !== null);
  return parts.join(', ');
}

const time = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
/** One line of plain text in which nothing is Markdown, HTML, a mention of somebody or a link. */
const inline = (text: string): string =>
  visibleLine(text.replace(/\s+/g, ' ').trim())
    .replace(/[\\`*_{}[\]<>#|~&@!]/g, '\\$&')
    .replace(/:\/\/|\bwww\./gi, (link) => link.replace(/[:.]/, '\\$&'));
/** As code in a line; a text with backticks gets a longer fence. */
function code(text: string): string {
  const line = visibleLine(text.replace(/\s+/g, ' ').trim().slice(0, 300));
  const fence = '`'.repeat(longestRun(line) + 1);
  return line.startsWith('`') || line.endsWith('`') ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}
