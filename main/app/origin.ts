/** The one address that the window may show: `app://vitrine/`. */
export const SCHEME = 'app';
export const HOST = 'vitrine';
export const HOME = `${SCHEME}://${HOST}/index.html`;

/** True for `app://vitrine/…` exactly; a user, a port or a look-alike host is not it. (I7) */
export function isAppAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return protocol === `${SCHEME}:` && host === HOST && username === '' && password === '';
}
