/** How the terminal says things: plain text, numbers, the countdown, the help. Pure. */

/** Anything that came from outside may carry escape sequences; a terminal must never obey them. */
export const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, (found) => (/^[\n\t]+$/.test(found) ? ' ' : '�'));

/** `1 row`, `37 rows`, `1,204 rows` */
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

/** `23:41`, `1:02:03`; rounded up, so that it reads 00:00 only when nothing is left. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** `840 ms`, `1.3 s` */
export const took = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** `14:32 UTC` */
export const utc = (timestamp: string): string => `${timestamp.slice(11, 16)} UTC`;

/** At most `columns` characters, so that a line that is drawn in place stays one line. */
export const clipped = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;

export const HELP = `vitrine port: a grant and a local PostgreSQL port, without a window

  vitrine port --severity SEV1 --ticket INC-4711 --reason "Orders stuck since the deploy"
  vitrine port … --psql                    runs psql, hands back when it ends
  vitrine port … -- pg_dump -t shop.orders runs any command, hands back when it ends

The request (what is missing is asked for; without a terminal it is an error)
  --target ID      the database; may be left out where only one is offered
  --scope ID       what you need in it
  --severity ID    decides the longest time, and whether somebody has to approve
  --ticket ID      the incident, like INC-4711
  --reason TEXT    what happened, and what you want to find out or repair
  --minutes N      default: what the policy says for the severity
  --approval       ask for approval even where you may go in alone
  --wait N         withdraw the request after N minutes without an answer

Signing in
  --browser        in the browser of this machine (default where there is a display)
  --device-code    by a code that you type on any other device (default where there is none)

The key of this device, where the system has no keychain (default: its passphrase is asked for)
  --passphrase-stdin   the first line of the input is the passphrase
  --memory-key         a new key for this run only: a new device each time

Output
  --json           one JSON object a line on the standard output, with the password; see docs/terminal.md
  -h, --help

Ctrl+C hands back, and waits until the role is gone and every record is in the ledger. Ctrl+C again ends at once.
`;
