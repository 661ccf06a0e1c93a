/** The verifier's classes in plain words, in the order of its checks (docs/record-format.md, 9). */
import { type BundleReport, CLASSES, type Finding, type FindingClass } from '../../../shared/audit/findings.ts';
import { firstName } from '../words/grant.ts';
import { count, plural } from '../words/number.ts';
import type { Check } from './report.ts';

interface Words {
  readonly title: string;
  readonly detail: string;
}

type Facts = BundleReport['facts'];

/** What it means that a class holds. */
function holds(name: FindingClass, checked: number, facts: Facts): Words {
  const who = facts.person === null ? 'the engineer' : firstName(facts.person);
  switch (name) {
    case 'bundle':
      return {
        title: 'The bundle is whole:',
        detail: `${plural(facts.entries, 'entry', 'entries')}, none cut off or moved`,
      };
    case 'note':
      return { title: 'Signed by the ledger', detail: `at size ${count(facts.size)}` };
    case 'inclusion':
      return {
        title: `${count(checked)} of ${count(checked)} entries`,
        detail: 'are in the ledger’s tree under that signature',
      };
    case 'consistency':
      return { title: 'Nothing rewritten:', detail: 'every earlier state of the ledger is a part of this one' };
    case 'envelope':
      return {
        title: `${count(checked)} of ${count(checked)} records signed`,
        detail: `by ${who}’s device or the collector, unaltered`,
      };
    case 'form':
      return { title: 'Every record', detail: 'has exactly the documented form' };
    case 'chain':
      return { title: 'No gaps,', detail: `none out of order, in ${plural(facts.sessions, 'session')}` };
    case 'identity':
      return { title: 'Device and login fit:', detail: `what ${who} logged in with commits to the key that signed` };
    case 'ack':
      return { title: 'One ledger for all:', detail: `${who}’s device saw the same ledger as this bundle` };
    case 'outcome':
      return { title: `${plural(facts.statements, 'statement')},`, detail: 'each with its outcome' };
    case 'time':
      return { title: 'The times fit', detail: 'between what was seen before and the receipt after' };
    case 'disclosure':
      return {
        title: `${plural(checked, 'opened text check', 'opened text checks')}:`,
        detail: 'what was opened is what was signed',
      };
  }
}

const FAILED: Readonly<Record<FindingClass, string>> = {
  bundle: 'The bundle is not whole.',
  note: 'The ledger’s signature does not hold.',
  inclusion: 'Entries are not in the ledger.',
  consistency: 'The ledger was rewritten.',
  envelope: 'A signature does not hold.',
  form: 'A record is malformed.',
  chain: 'Records are missing or out of order.',
  identity: 'Device, grant and login do not fit.',
  ack: 'The device saw another ledger.',
  outcome: 'A statement has no outcome.',
  time: 'A time does not fit.',
  disclosure: 'An opened text is not what was signed.',
};

/** What it means that a class had nothing to check. */
const ABSENT: Readonly<Partial<Record<FindingClass, Words>>> = {
  disclosure: { title: 'Opened texts:', detail: 'none in this bundle' },
  outcome: { title: 'Outcomes:', detail: 'no statement was sent' },
  consistency: { title: 'Earlier ledger states:', detail: 'none named in this bundle' },
  chain: { title: 'Sessions:', detail: 'none was opened' },
  ack: { title: 'The device’s own view:', detail: 'no record of the device' },
  time: { title: 'Times:', detail: 'nothing to compare' },
};

const line = (finding: Finding): string =>
  finding.index === null ? finding.message : `#${count(finding.index)}: ${finding.message}`;

export function checkOf(name: FindingClass, report: Pick<BundleReport, 'classes' | 'facts' | 'findings'>): Check {
  const { checked, found } = report.classes[name];
  if (found > 0) {
    const findings = report.findings.filter((finding) => finding.class === name).map(line);
    return { id: name, state: 'failed', title: FAILED[name], detail: plural(found, 'finding'), findings };
  }
  if (checked > 0) return { id: name, state: 'ok', ...holds(name, checked, report.facts), findings: [] };
  const words = ABSENT[name] ?? { title: 'Not reached:', detail: 'something before it failed' };
  return { id: name, state: 'absent', ...words, findings: [] };
}

export const checksOf = (report: BundleReport): Check[] => CLASSES.map((name) => checkOf(name, report));
