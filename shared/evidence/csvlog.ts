/** PostgreSQL's csvlog. Manual, section 19.8.4, "Using CSV-Format Log Output". */

/** One record, as far as it bears on what a role has run. */
export interface LogLine {
  readonly role: string;
  readonly pid: number;
  /** Client port of the connection; null for a backend without a client (a parallel worker, a background process). */
  readonly clientPort: number | null;
  /** The server's own id of this backend: start time and pid, so it is never used twice. */
  readonly session: string;
  /** Counts the records of one backend. */
  readonly number: number;
  /** `LOG`, `ERROR`, `FATAL`, … */
  readonly severity: string;
  readonly sqlstate: string;
  readonly message: string;
  /** The text that was running when the server wrote an error; null where there was none. */
  readonly query: string | null;
}

/** Places of the columns above. Later versions only add columns behind these. */
const at = { role: 1, pid: 3, from: 4, session: 5, number: 6, severity: 11, sqlstate: 12, message: 13, query: 19 };

/** The complete records of a log file. A last record that is still being written is left out. */
export function* readCsvlog(text: string): Generator<LogLine> {
  for (const fields of records(text)) {
    const query = fields[at.query] ?? '';
    const port = /:(\d+)$/.exec(fields[at.from] ?? '')?.[1];
    yield {
      role: fields[at.role] ?? '',
      pid: Number(fields[at.pid]),
      clientPort: port === undefined ? null : Number(port),
      session: fields[at.session] ?? '',
      number: Number(fields[at.number]),
      severity: fields[at.severity] ?? '',
      sqlstate: fields[at.sqlstate] ?? '',
      message: fields[at.message] ?? '',
      query: query === '' ? null : query,
    };
  }
}

/** Fields are bare, or in double quotes with `""` for one of them; a quoted field may hold line ends. */
function* records(text: string): Generator<string[]> {
  let fields: string[] = [];
  let start = 0;
  while (start < text.length) {
    let value: string;
    let end: number;
    if (text[start] === '"') {
      const close = closingQuote(text, start + 1);
      if (close < 0) return;
      value = text.slice(start + 1, close).replaceAll('""', '"');
      end = close + 1;
    } else {
      const comma = text.indexOf(',', start);
      const line = text.indexOf('\n', start);
      end = comma >= 0 && (line < 0 || comma < line) ? comma : line;
      if (end < 0) return;
      value = text.slice(start, end);
    }
    if (end >= text.length) return;
    fields.push(value);
    if (text[end] === '\n') {
      yield fields;
      fields = [];
    }
    start = end + 1;
  }
}

function closingQuote(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 2))
    if (text[quote + 1] !== '"') return quote;
  return -1;
}
