/**
 * The verifier in a thread of its own: takes the bundle's bytes as they arrive, runs the very code of `vitrine-verify`
 * over them, and tells the page how far it is. It sees the bundle and nothing else. (I4)
 */
import { MAX_BUNDLE_LINE_BYTES } from '../../../shared/audit/bundle.ts';
import { linesOf } from '../../../shared/audit/lines.ts';
import { BundleVerifier } from '../../../shared/audit/verify-bundle.ts';
import { Fault } from '../../../shared/errors.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { browserPrimitives, verifyRsa } from './primitives.ts';
import { checksOf } from './words.ts';

const TELL_EVERY_MS = 100;

const tell = (message: FromWorker): void => self.postMessage(message);

async function* counted(
  bytes: ReadableStream<Uint8Array>,
  onChunk: (length: number) => void,
): AsyncGenerator<Uint8Array, void> {
  const reader = bytes.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    onChunk(read.value.length);
    yield read.value;
  }
}

async function check({ bundle }: ToWorker): Promise<void> {
  const began = performance.now();
  let size = 0;
  let told = began;
  const verifier = new BundleVerifier({ p: browserPrimitives, verifyRsa });
  let lines = 0;
  try {
    for await (const line of linesOf(
      counted(bundle, (length) => {
        size += length;
      }),
      MAX_BUNDLE_LINE_BYTES,
    )) {
      await verifier.feed(line);
      lines += 1;
      if (performance.now() - told < TELL_EVERY_MS) continue;
      told = performance.now();
      tell({ kind: 'progress', bytes: size, lines });
    }
  } catch (cause) {
    // Bytes that are no lines of text are a finding; a broken download is not.
    if (!(cause instanceof Fault)) throw cause;
    verifier.unreadable(cause.message);
  }
  const report = verifier.finish();
  tell({
    kind: 'done',
    report: {
      checks: checksOf(report),
      entries: report.facts.entries,
      bytes: size,
      ms: performance.now() - began,
      logKey: report.facts.logKey,
    },
  });
}

self.addEventListener('message', (event: MessageEvent<ToWorker>) => {
  check(event.data).catch((error: unknown) => {
    tell({ kind: 'broke', message: error instanceof Error ? error.message : String(error) });
  });
});
