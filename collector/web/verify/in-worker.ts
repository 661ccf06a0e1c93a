/** Runs one verification in a thread of its own and ends that thread with it. */
import { Fault } from '../../../shared/errors.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import type { Report, VerifyBundle } from './report.ts';

export const verifyInWorker: VerifyBundle = (response, onProgress, signal) =>
  new Promise<Report>((resolve, reject) => {
    const bundle = response.body;
    if (bundle === null) {
      reject(new Fault('no_bundle', 'The collector sent an empty bundle.', 'Try again.'));
      return;
    }
    const announced = Number(response.headers.get('content-length') ?? '0');
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'verifier' });
    const end = (): void => {
      worker.terminate();
      signal.removeEventListener('abort', abort);
    };
    const abort = (): void => {
      end();
      reject(signal.reason);
    };
    const broke = (message: string): void => {
      end();
      reject(
        new Fault(
          'not_verified',
          `The bundle could not be checked here: ${message}`,
          'Download it and run the verifier.',
        ),
      );
    };
    signal.addEventListener('abort', abort);
    worker.addEventListener('error', (event) => broke(event.message || 'the verifier did not start'));
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === 'progress') {
        const part = announced > 0 ? Math.min(1, data.bytes / announced) : null;
        onProgress({ stage: 'check', part, bytes: data.bytes });
      } else if (data.kind === 'done') {
        end();
        resolve(data.report);
      } else broke(data.message);
    });
    const message: ToWorker = { bundle };
    try {
      worker.postMessage(message, [bundle]);
    } catch {
      // Streams cannot be handed to a worker in every browser.
      broke('this browser is too old for it');
    }
  });
