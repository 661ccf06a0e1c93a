/** The kind `webhook`: JSON with a signature as Standard Webhooks 1.0 describes it, so that existing libraries verify it. */
import { createHmac } from 'node:crypto';
import type { Notice } from './notice.ts';
import { titleOf } from './words.ts';

/** `glass_broken` is `glass.broken` in the body: that standard's spelling. */
const typeOf = (event: Notice['event']): string => event.replace('_', '.');

/** The same in every attempt. docs/notifications.md describes it. */
export function webhookBody(notice: Notice): string {
  const { event, at, url, request, change, by, detail } = notice;
  return JSON.stringify({
    type: typeOf(event),
    timestamp: at,
    data: { text: titleOf(notice), url, request, ...(change === undefined ? {} : { change }), by, detail },
  });
}

/** `v1,<base64>` of HMAC-SHA-256 over `<id>.<seconds>.<body>`, one for each secret. */
export function webhookHeaders(id: string, body: string, secrets: readonly Buffer[], now: Date) {
  const seconds = String(Math.floor(now.getTime() / 1000));
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures.join(' ') };
}
