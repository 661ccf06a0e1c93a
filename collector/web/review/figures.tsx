/** Five figures that say whether this grant was large or small, and how cleanly it ended. */
import type { ReviewGrant } from '../../../shared/api.ts';
import type { EndReason } from '../../../shared/grants.ts';
import { isLive } from '../words/grant.ts';
import { count } from '../words/number.ts';
import { countdown, durationWords } from '../words/time.ts';

const AFTER: Record<EndReason, string> = {
  expired: 'to close after the deadline',
  handed_back: 'to close after hand-back',
  revoked: 'to close after revocation',
  failed: 'to close after the failure',
};

interface Figure {
  readonly value: string;
  readonly label: string;
  readonly tone?: string;
}

function figuresOf({ item, used_s, denied }: ReviewGrant, now: number): readonly Figure[] {
  const { request } = item;
  const live = isLive(request);
  const used =
    live && request.activated_at !== null ? now - Date.parse(request.activated_at) : Math.max(0, used_s) * 1000;
  // Whole seconds rounded down: a grant has not used a second that is not over.
  const usedWords = countdown(Math.floor(used / 1000) * 1000);
  const close: Figure = live
    ? {
        value: request.expires_at === null ? 'open' : countdown(Date.parse(request.expires_at) - now),
        label: 'left, the glass is open',
        tone: 'live',
      }
    : item.gone_ms === null
      ? { value: '–', label: request.activated_at === null ? 'not started yet' : 'not closed yet' }
      : {
          value: durationWords(item.gone_ms),
          label: AFTER[request.end_reason ?? 'handed_back'],
          ...(item.gone_ms > 2000 ? { tone: 'danger' } : {}),
        };
  return [
    { value: usedWords, label: `of ${request.minutes} ${request.minutes === 1 ? 'minute' : 'minutes'} used` },
    {
      value: count(item.statements),
      label: `${item.statements === 1 ? 'statement' : 'statements'}, ${denied === 0 ? 'none' : count(denied)} denied`,
    },
    { value: count(item.rows_read), label: item.rows_read === 1 ? 'row read' : 'rows read' },
    {
      value: count(item.rows_changed),
      label: item.rows_changed === 1 ? 'row changed' : 'rows changed',
      ...(item.rows_changed > 0 ? { tone: 'write' } : {}),
    },
    close,
  ];
}

export function Figures({ view, now }: { readonly view: ReviewGrant; readonly now: number }) {
  return (
    <dl className="figures">
      {figuresOf(view, now).map((figure) => (
        <div key={figure.label} data-tone={figure.tone}>
          <dt>{figure.label}</dt>
          <dd className="num">{figure.value}</dd>
        </div>
      ))}
    </dl>
  );
}
