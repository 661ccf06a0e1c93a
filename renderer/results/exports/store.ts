/** The exports of this grant as main tells them: what is being written, and what came of it until it is dismissed. */
import type { ExportState } from '../../../shared/ipc.ts';
import { ask, type Bridge, type UserError } from '../../bridge.ts';

export interface ExportStore {
  subscribe(listener: () => void): () => void;
  /** Oldest first. */
  snapshot(): readonly ExportState[];
  cancel(id: string): Promise<UserError | null>;
  /** The one that was begun last; false when nothing is being written. */
  cancelNewest(): boolean;
  show(id: string): Promise<UserError | null>;
  dismiss(id: string): void;
  dispose(): void;
}

export const isWriting = ({ status }: ExportState): boolean => status === 'writing' || status === 'finishing';

export function createExportStore(bridge: Bridge): ExportStore {
  let held: readonly ExportState[] = [];
  const listeners = new Set<() => void>();
  const set = (next: readonly ExportState[]) => {
    held = next;
    for (const listener of listeners) listener();
  };
  const stop = bridge.onExport((state) => {
    const known = held.some(({ id }) => id === state.id);
    set(known ? held.map((one) => (one.id === state.id ? state : one)) : [...held, state]);
  });
  const cancel = async (id: string): Promise<UserError | null> => {
    const answer = await ask(bridge.cancelExport(id));
    return answer.ok ? null : answer.error;
  };
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => held,
    cancel,
    cancelNewest() {
      const newest = held.findLast(isWriting);
      if (newest === undefined) return false;
      void cancel(newest.id);
      return true;
    },
    async show(id) {
      const answer = await ask(bridge.showExport(id));
      return answer.ok ? null : answer.error;
    },
    dismiss: (id) => set(held.filter((one) => one.id !== id)),
    dispose: stop,
  };
}
