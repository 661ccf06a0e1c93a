/** "What happens next": what sending the form means, in plain words, from what the policy said. Pure. */
import { requirementWords } from '../../shared/approvals.ts';
import type { Scope } from '../../shared/grants.ts';
import { askedOf, askedWords } from '../../shared/step-up.ts';
import { tablesWords } from '../glass/scope-words.ts';
import type { IconName } from '../ui/icons.tsx';
import { minutes as minutesText, plural } from '../words/format.ts';
import { type Chosen, opensAtOnce } from './form.ts';

export interface Consequence {
  readonly icon: IconName;
  readonly title: string;
  readonly detail: string;
}

function reach(scope: Scope, summary: string): Consequence {
  const tables = tablesWords(scope.tables);
  // The policy's line starts with the count that the title already says; what follows is the fine print.
  const rest = summary.split(/;\s*/).slice(1).join('; ');
  const fine = rest === '' ? '' : `${rest.charAt(0).toUpperCase()}${rest.slice(1)}. `;
  if (scope.mode === 'read') {
    return { icon: 'view', title: `Read ${tables}, nothing else`, detail: `${fine}Nothing can be changed.` };
  }
  if (scope.owner !== undefined)
    return {
      icon: 'write',
      title: `Create, alter and drop what ${scope.owner} owns`,
      detail: `${fine}Rows of those tables can be read and changed, too. What you create stays, and is ${scope.owner}’s when the grant ends.`,
    };
  const changed = scope.tables.filter((t) => t.insert !== undefined || t.update !== undefined || t.delete === true);
  const names = changed.map((t) => (t.table === '*' ? `everything in ${t.schema}` : t.table)).join(', ');
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
    const from = severity.approvals_from ?? [];
    const whose = from.some(({ groups }) => groups !== null) ? `${requirementWords(from)}. ` : '';
    list.push({
      icon: 'people',
      title: needed === 1 ? 'Somebody has to approve first' : `${needed} people have to approve first`,
      detail: `${whose}The glass opens by itself when they have. You can withdraw at any time.`,
    });
  }
  const signIn = signInAgain(severity.step_up, now);
  if (signIn !== null) list.push(signIn);
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
  const told = toldNow(severity.told, now);
  if (told !== null) list.push(told);
  if (severity.review_hours !== null) {
    list.push({
      icon: 'history',
      title: `A review is due within ${plural(severity.review_hours, 'hour')}`,
      detail: 'While a review is overdue you cannot break the glass alone.',
    });
  }
  return list;
}

/** A fresh sign-in, of the person and of whoever approves. */
function signInAgain(stepUp: Chosen['severity']['step_up'], now: boolean): Consequence | null {
  const own = askedOf(stepUp, 'engineer');
  const theirs = now ? null : askedOf(stepUp, 'approver');
  const others = theirs === null ? '' : ` Whoever approves needs ${askedWords(theirs)} too.`;
  if (own !== null)
    return {
      icon: 'key',
      title: 'A fresh sign-in is asked for',
      detail: `It takes ${askedWords(own)}: if yours is not, your browser opens ${now ? 'when you send this' : 'when you send this, and before the glass opens'}.${others}`,
    };
  if (theirs === null) return null;
  return { icon: 'key', title: 'Approvers sign in afresh', detail: `It takes ${askedWords(theirs)} to approve this.` };
}

/** Who hears of it when it is sent: by message where the policy names channels, and at once on the collector's pages. */
function toldNow(told: Chosen['severity']['told'], now: boolean): Consequence | null {
  const { approvers, reviewers } = told;
  const channels = now ? told.alone : told.asked;
  const who = [
    approvers > 0 ? plural(approvers, 'approver') : null,
    reviewers > 0 ? plural(reviewers, 'reviewer') : null,
  ].filter((part) => part !== null);
  const seen = who.length === 0 ? '' : `${who.join(' and ')} see it on the collector’s pages.`;
  const what = 'With your name, the incident and the reason.';
  if (channels.length > 0)
    return { icon: 'notifications', title: `Told now: ${channels.join(', ')}`, detail: [what, seen].join(' ').trim() };
  if (who.length === 0) return null;
  return {
    icon: 'notifications',
    title: `${plural(approvers + reviewers, 'person sees', 'people see')} it at once`,
    detail: `${who.join(' and ')}, on the collector’s pages. The policy names nobody who gets a message.`,
  };
}
