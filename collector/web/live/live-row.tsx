/** One grant of the live list: time left, who on what, with what, from where; and the button that ends it. */
import type { LiveGrant } from '../../../shared/api-stop.ts';
import { useDesk } from '../state/desk.tsx';
import { Chip, Foreign } from '../ui/bits.tsx';
import { PageLink } from '../ui/top-bar.tsx';
import { environmentLabel } from '../words/grant.ts';
import { listed, plural } from '../words/number.ts';
import { isPending } from '../words/stop.ts';
import { agoWords, countdown } from '../words/time.ts';

const SOON_MS = 60_000;

/** `Writes to shop.orders, 4:12 more`. */
function Writing({ grant, now }: { readonly grant: LiveGrant; readonly now: number }) {
  const { elevation } = grant;
  if (grant.state !== 'active' || elevation === null || elevation === undefined) return null;
  const left = countdown(Date.parse(elevation.until) - now);
  return <Chip text={`writes to ${listed(elevation.tables)}, ${left} more`} tone="write" />;
}

function Left({ grant, now }: { readonly grant: LiveGrant; readonly now: number }) {
  if (grant.state === 'ending')
    return (
      <span className="live-left" data-tone="warn">
        <span className="spinner" />
      </span>
    );
  if (grant.expires_at === null || isPending(grant)) return <span className="live-left faint">–</span>;
  const ms = Date.parse(grant.expires_at) - now;
  return (
    <span className="live-left num" data-tone={ms < SOON_MS ? 'warn' : 'live'}>
      {countdown(ms)}
    </span>
  );
}

const ENDED: Record<NonNullable<LiveGrant['end']>['why'], string> = {
  expired: 'Ran out',
  handed_back: 'Handed back',
  revoked: 'Stopped',
  failed: 'Failed',
};
const STATE: Record<LiveGrant['state'], { readonly text: string; readonly tone: 'warn' | 'plain' } | null> = {
  active: null,
  ending: { text: 'ending', tone: 'warn' },
  approved: { text: 'approved, not started', tone: 'plain' },
  requested: { text: 'waits for an approval', tone: 'plain' },
};

function Facts({ grant, now }: { readonly grant: LiveGrant; readonly now: number }) {
  const { end } = grant;
  if (end !== null)
    return (
      <span className="live-facts">
        {ENDED[end.why]} {agoWords(end.at, now)}.{' '}
        {end.failed === 0
          ? 'Its role is being removed.'
          : `${grant.target.label} did not let its role be removed (${plural(end.failed, 'attempt')}); it is tried again.`}
      </span>
    );
  const parts = [
    grant.scope.mode === 'write' ? 'Write' : 'Read',
    grant.scope.label,
    ...(isPending(grant) ? [] : [`${plural(grant.statements, 'statement')} so far`]),
    ...(grant.alone ? ['alone'] : []),
  ];
  return (
    <span className="live-facts num clip">
      {parts.join(' · ')} · from <Foreign of={grant.device.name} />
    </span>
  );
}

export function LiveRow({
  grant,
  now,
  onStop,
}: {
  readonly grant: LiveGrant;
  readonly now: number;
  readonly onStop: () => void;
}) {
  const { me, go } = useDesk();
  const state = STATE[grant.state];
  const name = `${grant.by.name} on ${grant.target.label}`;
  const readable = me.person.roles.includes('reviewer') && !isPending(grant);
  return (
    <li className="live-row" data-state={grant.state}>
      <Left grant={grant} now={now} />
      <div className="live-what">
        <span className="row live-who">
          {readable ? (
            <PageLink to={`/review/${grant.id}`} go={go} className="clip">
              <b>{name}</b>
            </PageLink>
          ) : (
            <b className="clip">{name}</b>
          )}
          <Chip {...environmentLabel[grant.target.environment]} />
          <Chip text={grant.severity} tone="plain" />
          <Chip text={grant.ticket} tone="plain" />
          {state !== null && <Chip {...state} />}
          <Writing grant={grant} now={now} />
        </span>
        <Facts grant={grant} now={now} />
      </div>
      {grant.state !== 'ending' && (
        <button type="button" className="btn" data-stop onClick={onStop} aria-label={`Stop ${name}`}>
          Stop…
        </button>
      )}
    </li>
  );
}
