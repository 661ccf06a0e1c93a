/**
 * `vitrine://request?target=orders&severity=SEV1&ticket=INC-4711`: fills the request form from a page or a chat message.
 * It never submits, and never chooses to go in alone; whoever wrote the link is not trusted.
 */
import { type AccessRequest, accessRequest } from '../../shared/api.ts';

export const DEEP_LINK_SCHEME = 'vitrine';
export type Prefill = Partial<AccessRequest>;

const LONGEST = 2048;
/** Control and format characters could make the form show something other than what is sent. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** `alone` is missing on purpose: only the person says that. */
const FIELDS = ['target', 'scope', 'severity', 'ticket', 'reason', 'minutes'] as const;

/** Null when it is not a link of ours; a field that is missing, doubled or not valid is left for the person to fill. */
export function parseDeepLink(link: string): Prefill | null {
  if (link.length > LONGEST || !URL.canParse(link)) return null;
  const url = new URL(link);
  if (url.protocol !== `${DEEP_LINK_SCHEME}:` || url.host !== 'request' || !['', '/'].includes(url.pathname))
    return null;
  if (url.username !== '' || url.password !== '') return null;
  const prefill: Record<string, unknown> = {};
  for (const field of FIELDS) {
    const [text, ...more] = url.searchParams.getAll(field);
    if (text === undefined || more.length > 0 || INVISIBLE.test(text)) continue;
    const value = accessRequest.shape[field].safeParse(field === 'minutes' ? wholeNumber(text) : text);
    if (value.success) prefill[field] = value.data;
  }
  return accessRequest.partial().parse(prefill) as Prefill;
}

const wholeNumber = (text: string): number | undefined => (/^\d{1,6}$/.test(text) ? Number(text) : undefined);

/** The link may stand anywhere on the command line: Chromium's own switches go around it. */
export const findDeepLink = (argv: readonly string[]): string | null =>
  argv.find((arg) => arg.toLowerCase().startsWith(`${DEEP_LINK_SCHEME}:`)) ?? null;
