/** What has to happen before Electron is ready, in this order, synchronously. */
import type { App, Protocol } from 'electron';
import { DEEP_LINK_SCHEME, findDeepLink, type Prefill, parseDeepLink } from './deep-link.ts';
import { SCHEME } from './origin.ts';

type EarlyApp = Pick<App, 'enableSandbox' | 'requestSingleInstanceLock' | 'setAsDefaultProtocolClient' | 'on'>;

export interface Early {
  /** A link that this instance was started with, or was handed since. */
  onDeepLink(prefill: Prefill): void;
  /** Somebody started Vitrine a second time. */
  onSecondInstance(): void;
}

/**
 * Sandboxes every renderer, takes the single-instance lock, registers `app:` and the deep-link scheme. False when
 * another instance runs: it has got the command line, and this one has to end without touching any file. (I7)
 */
export function beforeReady(
  app: EarlyApp,
  protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>,
  early: Early,
): boolean {
  app.enableSandbox();
  if (!app.requestSingleInstanceLock()) return false;
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
  app.setAsDefaultProtocolClient(DEEP_LINK_SCHEME);
  app.on('second-instance', (_event, argv) => {
    early.onSecondInstance();
    deliver(findDeepLink(argv), early);
  });
  // macOS hands links over as an event, also to an instance that it has just started.
  app.on('open-url', (event, url) => {
    event.preventDefault();
    deliver(url, early);
  });
  return true;
}

/** Hands over the link that stands on this instance's own command line, if any. */
export function deliverOwnLink(argv: readonly string[], early: Early): void {
  deliver(findDeepLink(argv), early);
}

function deliver(link: string | null, early: Early): void {
  const prefill = link === null ? null : parseDeepLink(link);
  if (prefill) early.onDeepLink(prefill);
}
