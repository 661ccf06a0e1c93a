/**
 * The kind `slack`: a body as incoming webhooks take it. What people wrote stands in `plain_text`, which knows no
 * mentions and no links; the fallback `text`, which some receivers read as Markdown, is disarmed.
 */
import type { Notice } from './notice.ts';
import { cut, factsOf, linkWords, titleOf } from './words.ts';

/** A space of no width: breaks what would be read as a mention or a link, and is not seen. */
const GAP = '\u200b';
/** What Slack takes, in characters. */
const MOST_HEADER = 150;
const MOST_SECTION = 3000;

/** For `text`: no `<!here>`, no `@channel`, no address that becomes a link, no `[label](address)`. */
export const disarmed = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[@＠]/g, (at) => `${at}${GAP}`)
    .replaceAll('://', `:${GAP}//`)
    .replaceAll('](', `]${GAP}(`)
    .replace(/\b(www|mailto|tel)([.:])/gi, `$1${GAP}$2`);

const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });

export function slackBody(notice: Notice): string {
  const title = titleOf(notice);
  const facts = factsOf(notice);
  const lines = facts.map(({ name, value }) => `${name}: ${value}`);
  return JSON.stringify({
    text: [disarmed(title), ...lines.map(disarmed), notice.url].join('\n'),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(cut(title, MOST_HEADER)) },
      { type: 'section', text: plain(cut(lines.join('\n'), MOST_SECTION)) },
      // Our own address and words: nothing in it was chosen by anybody.
      { type: 'section', text: { type: 'mrkdwn', text: `<${notice.url}|${linkWords(notice)}>`, verbatim: true } },
    ],
  });
}
