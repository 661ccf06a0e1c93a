/**
 * What the page may not do, decided in one place: leave its address, open windows, reach the network, get a permission
 * or a device. Every rule is a refusal; the exceptions are named. (I7)
 */
import type { Session, WebContents } from 'electron';
import { isAppAddress, SCHEME } from './origin.ts';

/** The part of a navigation event that is needed to stop it. */
interface Preventable {
  preventDefault(): void;
}
type Contents = Pick<WebContents, 'on' | 'setWindowOpenHandler'>;

/** Navigation starts in main only (`loadURL`), which none of these events report. */
export function hardenContents(
  contents: Contents,
  openExternal: (address: string) => Promise<void>,
  log: (message: string) => void,
): void {
  const deny =
    (what: string) =>
    (event: Preventable, ...details: unknown[]) => {
      event.preventDefault();
      log(`denied ${what} to ${describeAddress(addressOf(event, details))}`);
    };
  contents.on('will-navigate', deny('a navigation'));
  contents.on('will-redirect', deny('a redirect'));
  contents.on('will-frame-navigate', deny('a navigation of a frame'));
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    log('denied a webview');
  });
  contents.setWindowOpenHandler(({ url }) => {
    openExternal(url).catch((error: unknown) => log(error instanceof Error ? error.message : String(error)));
    return { action: 'deny' };
  });
}

const addressOf = (event: object, details: readonly unknown[]): string => {
  const named = 'url' in event ? event.url : details[0];
  return typeof named === 'string' ? named : '';
};
/** Without path and query, which may hold what somebody typed. */
const describeAddress = (address: string): string => {
  if (!URL.canParse(address)) return 'an address that cannot be read';
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}`;
};

/** The one permission that the page has: putting plain text on the clipboard, from its own main frame. */
export function permissionAllowed(permission: string, requester: string, isMainFrame: boolean): boolean {
  return permission === 'clipboard-sanitized-write' && isMainFrame && isAppAddress(requester);
}

type HardenedSession = Pick<
  Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
  | 'webRequest'
  | 'on'
>;

/** Only after `ready`. */
export function hardenSession(session: HardenedSession, log: (message: string) => void): void {
  session.setPermissionRequestHandler((_contents, permission, decide, details) => {
    const allowed = permissionAllowed(permission, details.requestingUrl, details.isMainFrame);
    if (!allowed) log(`denied the permission ${permission}`);
    decide(allowed);
  });
  // Asked without a prompt; `origin` has no path, and the exact address stands in the details where there is one.
  session.setPermissionCheckHandler((_contents, permission, origin, details) =>
    permissionAllowed(permission, details.requestingUrl ?? origin, details.isMainFrame),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, decide) => decide({}));
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    const cancel = !requestAllowed(url);
    if (cancel) log(`denied a request to ${describeAddress(url)}`);
    decide({ cancel });
  });
}

/** Pages load `app:` only. The developer tools, which exist in unpacked builds, load themselves. */
export function requestAllowed(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol } = new URL(address);
  return protocol === `${SCHEME}:` || protocol === 'devtools:';
}
