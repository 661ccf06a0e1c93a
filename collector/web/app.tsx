/**
 * Which page is shown: asks who is signed in, then follows the address. The parts with effects (fetch, clock, the
 * verifier's worker) are handed in by `main.tsx`, or by the gallery with a script in their place.
 */
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Me } from '../../shared/api.ts';
import type { Role } from '../../shared/grants.ts';
import { createCalls } from './api/calls.ts';
import { createClient, type Fetch, isSignedOut, type Now } from './api/client.ts';
import { AuditsPage } from './audits/audits-page.tsx';
import { DevicesPage } from './devices/devices-page.tsx';
import { EnvelopesPage } from './envelopes/envelopes-page.tsx';
import { LivePage } from './live/live-page.tsx';
import { RequestPage } from './requests/request-page.tsx';
import { RequestsPage } from './requests/requests-page.tsx';
import { DeskPage } from './review/desk-page.tsx';
import { ExpiredDialog } from './signin/expired.tsx';
import { APPROVERS, ForbiddenPage, type Gate, UnknownPage } from './signin/forbidden.tsx';
import { SignInPage } from './signin/sign-in.tsx';
import { UnreachablePage } from './signin/unreachable.tsx';
import { type Desk, DeskProvider } from './state/desk.tsx';
import { type Route, useRoute } from './state/route.ts';
import type { VerifyBundle } from './verify/report.ts';

interface Props {
  readonly fetch: Fetch;
  readonly now: Now;
  readonly verify: VerifyBundle;
}

type Session =
  | { readonly state: 'asking' }
  | { readonly state: 'out' }
  | { readonly state: 'failed'; readonly problem: unknown }
  | { readonly state: 'in'; readonly me: Me; readonly expired: boolean };

/** The pages that a role opens. The others leave it to the collector, request by request. */
const GATES: Partial<Record<Route['page'], Gate>> = {
  desk: { roles: ['reviewer'], words: 'The review desk is for security reviewers.' },
  requests: APPROVERS,
  live: { roles: ['approver', 'reviewer'], words: 'Approvers and reviewers see who has access, and can end it.' },
  audits: { roles: ['reviewer', 'operator'], words: 'Audits are for reviewers and operators.' },
};

function Page({ route, roles }: { readonly route: Route; readonly roles: readonly Role[] }) {
  const gate = GATES[route.page];
  if (gate !== undefined && !gate.roles.some((role) => roles.includes(role))) return <ForbiddenPage gate={gate} />;
  switch (route.page) {
    case 'desk':
      return <DeskPage grant={route.grant} />;
    case 'requests':
      return <RequestsPage />;
    case 'request':
      return <RequestPage key={route.id} id={route.id} />;
    case 'audits':
      return <AuditsPage audit={route.audit} />;
    case 'live':
      return <LivePage />;
    case 'devices':
      return <DevicesPage />;
    case 'envelopes':
      return <EnvelopesPage />;
    case 'unknown':
      return <UnknownPage />;
  }
}

export function App({ fetch, now, verify }: Props) {
  const calls = useMemo(() => createCalls(createClient(fetch, now)), [fetch, now]);
  const { path, route, go } = useRoute();
  const [session, setSession] = useState<Session>({ state: 'asking' });

  const ask = useCallback(async () => {
    setSession({ state: 'asking' });
    try {
      setSession({ state: 'in', me: await calls.me(), expired: false });
    } catch (problem) {
      setSession(isSignedOut(problem) ? { state: 'out' } : { state: 'failed', problem });
    }
  }, [calls]);
  useEffect(() => void ask(), [ask]);

  const onSignedOut = useCallback(
    () => setSession((before) => (before.state === 'in' ? { ...before, expired: true } : { state: 'out' })),
    [],
  );
  const signOut = useCallback(async () => {
    try {
      await calls.signOut();
      setSession({ state: 'out' });
    } catch (problem) {
      setSession(isSignedOut(problem) ? { state: 'out' } : { state: 'failed', problem });
    }
  }, [calls]);

  const me = session.state === 'in' ? session.me : null;
  const desk = useMemo<Desk | null>(
    () => (me === null ? null : { calls, me, go, verify, onSignedOut, signOut: () => void signOut() }),
    [calls, me, go, verify, onSignedOut, signOut],
  );

  // Somebody who only approves has no desk: their requests are their home.
  const onlyApproves = me?.person.roles.includes('approver') === true && !me.person.roles.includes('reviewer');
  useEffect(() => {
    if (onlyApproves && path === '/') go('/requests', 'replace');
  }, [onlyApproves, path, go]);

  if (session.state === 'asking') return null;
  if (session.state === 'failed') return <UnreachablePage problem={session.problem} onRetry={() => void ask()} />;
  if (desk === null || session.state === 'out') return <SignInPage path={path} />;
  return (
    <DeskProvider value={desk}>
      <Page route={route} roles={desk.me.person.roles} />
      {session.expired && <ExpiredDialog path={path} />}
    </DeskProvider>
  );
}
