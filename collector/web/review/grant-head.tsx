/** The head of a grant: who on what, the chips, and the one thing to do. */
import type { ReviewGrant } from '../../../shared/api.ts';
import { scopeWords } from '../../../shared/scope-words.ts';
import { useDesk } from '../state/desk.tsx';
import { Chip, Moment } from '../ui/bits.tsx';
import { Icon } from '../ui/icon.tsx';
import { PageLink } from '../ui/top-bar.tsx';
import { environmentLabel, isLive } from '../words/grant.ts';
import { plural } from '../words/number.ts';

interface Props {
  readonly view: ReviewGrant;
  readonly back: boolean;
  readonly onSignOff: (() => void) | null;
  /** While it is live. */
  readonly onStop: () => void;
}

/** Who signed, from the timeline: the newest review. */
function Signed({ view }: { readonly view: ReviewGrant }) {
  const review = view.timeline.findLast((entry) => entry.kind === 'review');
  if (review?.kind !== 'review') return <Chip text="signed off" tone="ok" />;
  return (
    <span className="grant-signed" title={`Signed off by ${review.by}`}>
      <Chip
        text={`signed off · ${review.outcome === 'accepted' ? 'accepted' : 'follow-up'}`}
        tone={review.outcome === 'accepted' ? 'ok' : 'warn'}
      />
      <span className="muted clip grant-signed-by">
        {review.by}, <Moment at={review.at} as="moment" />
      </span>
    </span>
  );
}

export function GrantHead({ view, back, onSignOff, onStop }: Props) {
  const { go } = useDesk();
  const { request } = view.item;
  const { scope } = request;
  return (
    <header className="grant-head">
      {back && (
        <PageLink to="/" go={go} className="btn quiet icon grant-back">
          <Icon name="back" />
          <span className="sr-only">Back to the queue</span>
        </PageLink>
      )}
      <h2 className="clip">
        {request.by.name} on {request.target.label}
      </h2>
      <div className="row grant-chips">
        <Chip {...environmentLabel[request.target.environment]} />
        <span title={`${scope.label}: ${scopeWords(scope)}`}>
          <Chip
            text={`${scope.mode === 'write' ? 'Write' : 'Read'} · ${plural(scope.tables.length, 'table')}`}
            tone={scope.mode === 'write' ? 'write' : 'live'}
          />
        </span>
        {request.offline === true && <Chip text="Offline envelope" tone="warn" />}
        <Chip text={request.severity} tone="plain" />
        <Chip text={request.ticket} tone="plain" />
      </div>
      <span className="grow" />
      {request.review.state === 'signed' ? (
        <Signed view={view} />
      ) : isLive(request) ? (
        <button type="button" className="btn danger" onClick={onStop}>
          Stop…
        </button>
      ) : onSignOff !== null ? (
        <button type="button" className="btn primary" onClick={onSignOff}>
          Sign off…
        </button>
      ) : (
        <button type="button" className="btn" disabled title="Nothing happened under this grant yet">
          Sign off…
        </button>
      )}
    </header>
  );
}
