/**
 * Chromium cannot navigate to a scheme of ours, so `app://vitrine/x` stands for `https://vitrine.app.invalid/x`: a
 * secure origin that no name server will ever know (RFC 6761). Only registered standard schemes are mapped.
 */
const SUFFIX = '.invalid';

export interface Addresses {
  /** The address that Chromium loads. Anything but a mapped scheme is returned as it is. */
  toPage(url: string): string;
  /** The address as Electron would report it. */
  toApp(url: string): string;
}

export function makeAddresses(isMapped: (scheme: string) => boolean): Addresses {
  return {
    toPage(url) {
      const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]+)([\s\S]*)$/i.exec(url);
      const [, scheme = '', host = '', rest = ''] = match ?? [];
      return isMapped(scheme.toLowerCase()) ? `https://${host}.${scheme.toLowerCase()}${SUFFIX}${rest || '/'}` : url;
    },
    toApp(url) {
      const match = /^https:\/\/([^/?#:@]+)\.([a-z0-9+-]+)\.invalid([\s\S]*)$/.exec(url);
      const [, host = '', scheme = '', rest = ''] = match ?? [];
      return isMapped(scheme) ? `${scheme}://${host}${rest}` : url;
    },
  };
}
