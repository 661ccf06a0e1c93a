/** "What happens next": what sending the form means, in plain words, from what the policy said. Pure. */
import type { Scope } from '../../shared/grants.ts';
import type { IconName } from '../ui/icons.tsx';
import { minutes as minutesText, plural } from '../words/format.ts';
import { type Chosen, opensAtOnce } from './form.ts';

export interface Consequence {
  readonly icon: IconName;
  readonly title: string;
  readonly detail: string;
}

function reach(scope: Scope, summary: string): Consequence {
  const tables = plural(scope.tables.length, 'table');
  // The policy's line starts with the count that the title already says; what follows is the fine print.
  const rest = summary.split(/;\s*/).slice(1).join('; ');
  const fine = rest === '' ? '' : `${rest.charAt(0).toUpperCase()}${rest.slice(1)}. `;
  if (scope.mode === 'read') {
    return { icon: 'view', title: `Read ${tables}, nothing else`, detail: `${fine}Nothing can be changed.` };
  }
  const changed = scope.tables.filter((t) => t.insert !== undefined || t.update !== undefined || t.delete === true);
  const names = changed.map((t) => t.table).join(', ');
  return { icon: 'write', title: `Read ${tables}, change ${names}`, detail: `${fine}Everything else is refused.` };
}

/** `minutes` as typed; a number that makes no sense yet falls back to the severity's default. */
export function consequences(choice: Chosen, minutes: string, instead: boolean): Consequence[] {
  const { severity, scope } = choice;
  const now = opensAtOnce(severity) && !instead;
  const typed = Number(minutes);
  const n = Number.isInteger(typed) && typed > 0 ? Math.min(typed, severity.max_minutes) : severity.default_minutes;
  const list: Consequence[] = [];

  if (!now) {
    const needed = Math.max(1, severity.approvals);
    list.push({
      icon: 'people',
      title: needed === 1 ? 'Somebody has to approve first' : `${needed} people have to approve first`,
      detail: 'The glass opens by itself when they have. You can withdraw at any time.',
    });
  }
  list.push({
    icon: 'time',
    title: `${minutesText(n)}, then it closes`,
    detail: 'A running statement is cancelled; an open transaction rolls back.',
  });
  list.push(reach(scope.scope, scope.summary));
  list.push({
    icon: 'endorsed',
    title: 'Every statement is recorded',
    detail: severity.limits.strict
      ? 'Signed on this device and confirmed by the collector before it is sent. Results are never recorded.'
      : 'Signed on this device before it is sent. Results are never recorded.',
  });
  const { approvers, reviewers } = severity.told;
  if (approvers + reviewers > 0) {
    const who = [
      approvers > 0 ? plural(approvers, 'approver') : null,
      reviewers > 0 ? plural(reviewers, 'reviewer') : null,
    ].filter((part) => part !== null);
    list.push({
      icon: 'notifications',
      title: `${plural(approvers + reviewers, 'person is', 'people are')} told now`,
      detail: `${who.join(' and ')}, with your name, the incident and the reason.`,
    });
  }
  if (severity.review_hours !== null) {
    list.push({
      icon: 'history',
      title: `A review is due within ${plural(severity.review_hours, 'hour')}`,
      detail: 'While a review is overdue you cannot break the glass alone.',
    });
  }
  return list;
}
