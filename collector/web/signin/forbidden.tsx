/** Signed in, but not for this page: which role it takes, who you are here, and where you can go instead. */
import type { Role } from '../../../shared/grants.ts';
import { loginPath, useDesk } from '../state/desk.tsx';
import { Icon } from '../ui/icon.tsx';
import { PageLink, TopBar } from '../ui/top-bar.tsx';
import { listed } from '../words/number.ts';
import './signin.css';

function Elsewhere() {
  const { me, go } = useDesk();
  const { roles } = me.person;
  if (roles.includes('reviewer'))
    return (
      <PageLink to="/" go={go} className="btn primary large">
        Go to the review desk
      </PageLink>
    );
  if (roles.includes('approver'))
    return (
      <PageLink to="/requests" go={go} className="btn primary large">
        See who waits for approval
      </PageLink>
    );
  return (
    <PageLink to="/devices" go={go} className="btn primary large">
      See your devices
    </PageLink>
  );
}

/** Whom a page is for: one of the roles is enough. */
export interface Gate {
  readonly roles: readonly Role[];
  readonly words: string;
}
export const APPROVERS: Gate = { roles: ['approver'], words: 'Requests are answered by approvers.' };

export function ForbiddenPage({ gate }: { readonly gate: Gate }) {
  const { me } = useDesk();
  const { name, email, roles } = me.person;
  return (
    <div className="page">
      <TopBar current={null} />
      <main className="gate-center">
        <section className="gate-plain">
          <span className="gate-icon">
            <Icon name="lock" size={20} />
          </span>
          <h1>Your role does not open this</h1>
          <p className="muted">{gate.words}</p>
          <dl className="gate-facts">
            <dt>Signed in as</dt>
            <dd>
              {name}
              {email !== undefined && <span className="muted"> · {email}</span>}
            </dd>
            <dt>Your role</dt>
            <dd>{roles.length === 0 ? 'none' : listed(roles)}</dd>
            <dt>Role it takes</dt>
            <dd>
              <b>{gate.roles.join(' or ')}</b>
            </dd>
          </dl>
          <p className="gate-small">
            Roles come from your groups at the identity provider. Whoever keeps the policy of this collector can tell
            you which group it takes.
          </p>
          <div className="row">
            <Elsewhere />
            <a className="btn large" href={loginPath(window.location.pathname, true)}>
              Sign in as someone else
            </a>
          </div>
        </section>
      </main>
    </div>
  );
}

export function UnknownPage() {
  return (
    <div className="page">
      <TopBar current={null} />
      <main className="gate-center">
        <section className="gate-plain">
          <span className="gate-icon">
            <Icon name="dash" size={20} />
          </span>
          <h1>Nothing is at this address</h1>
          <p className="muted">The link may be cut short, or the request may be gone.</p>
          <div className="row">
            <Elsewhere />
          </div>
        </section>
      </main>
    </div>
  );
}
