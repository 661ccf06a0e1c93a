/** The bar over every page but the desk: the mark, where you are, who you are. */
import type { MouseEvent, ReactNode } from 'react';
import { useDesk } from '../state/desk.tsx';
import type { Go } from '../state/route.ts';
import { PersonLine } from './person.tsx';

/** A link inside these pages; a click with a modifier stays the browser's. */
export function PageLink({
  to,
  go,
  children,
  className,
  current = false,
}: {
  readonly to: string;
  readonly go: Go;
  readonly children: ReactNode;
  readonly className?: string;
  readonly current?: boolean;
}) {
  const follow = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} className={className} aria-current={current ? 'page' : undefined} onClick={follow}>
      {children}
    </a>
  );
}

/** Pages that the bar leads to. */
export type Place = 'reviews' | 'requests' | 'live' | 'audits' | 'devices' | 'envelopes';

export function PageNav({ current }: { readonly current: Place | null }) {
  const { me, go } = useDesk();
  const { roles } = me.person;
  return (
    <nav className="page-nav" aria-label="Pages">
      {roles.includes('reviewer') && (
        <PageLink to="/" go={go} current={current === 'reviews'}>
          Reviews
        </PageLink>
      )}
      {roles.includes('approver') && (
        <PageLink to="/requests" go={go} current={current === 'requests'}>
          Requests
        </PageLink>
      )}
      {(roles.includes('reviewer') || roles.includes('approver')) && (
        <PageLink to="/live" go={go} current={current === 'live'}>
          Live
        </PageLink>
      )}
      {(roles.includes('reviewer') || roles.includes('operator')) && (
        <PageLink to="/audits" go={go} current={current === 'audits'}>
          Audits
        </PageLink>
      )}
      <PageLink to="/devices" go={go} current={current === 'devices'}>
        Devices
      </PageLink>
      <PageLink to="/envelopes" go={go} current={current === 'envelopes'}>
        Envelopes
      </PageLink>
    </nav>
  );
}

export function TopBar({ current }: { readonly current: Place | null }) {
  return (
    <header className="top-bar">
      <span className="mark" />
      <b className="brand">Vitrine</b>
      <PageNav current={current} />
      <span className="grow" />
      <PersonLine />
    </header>
  );
}
