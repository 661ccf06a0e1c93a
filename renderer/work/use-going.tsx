/** Going to tabs, saved queries and what the quick pick finds; with a text that is to run as soon as its tab is shown. */
import { type ReactNode, useEffect, useEffectEvent, useRef } from 'react';
import type { Bridge } from '../bridge.ts';
import { type SavedHandle, useSaved } from '../queries/index.ts';
import { useQuickPick } from '../quick/index.ts';
import type { SchemaHandle } from '../schema/use-schema.tsx';
import type { WorkspaceHandle } from './use-workspace.ts';

export interface GoingHost {
  readonly bridge: Bridge;
  readonly workspace: WorkspaceHandle | null;
  readonly schema: SchemaHandle;
  readonly target: { readonly id: string; readonly label: string };
  /** Runs all of the tab that is shown. */
  run(): void;
}
export interface Going {
  readonly saved: SavedHandle;
  readonly quick: ReactNode;
  openAndRun(text: string, title: string): void;
}

export function useGoing({ bridge, workspace, schema, target, run }: GoingHost): Going {
  const query = workspace?.tabs.active ?? '';
  const tab = schema.active ?? query;
  /** A tab is being opened or shown, and is to be run then. */
  const toRun = useRef(false);
  const runShown = useEffectEvent(() => {
    if (!toRun.current) return;
    toRun.current = false;
    run();
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tab is what this waits for
  useEffect(() => runShown(), [tab]);
  const show = (id: string, andRun: boolean) => {
    schema.leave();
    workspace?.activate(id);
    toRun.current = andRun;
    // A tab that is shown already is not waited for.
    if (id === tab) setTimeout(runShown);
  };
  const saved = useSaved({
    bridge,
    workspace,
    tab: schema.active === null && workspace !== null ? query : null,
    target,
    show,
  });
  const quick = useQuickPick({
    bridge,
    workspace,
    queries: saved.store.library?.queries ?? [],
    schema,
    show: (id) => show(id, false),
    openQuery: saved.open,
    openText(text) {
      schema.leave();
      workspace?.open(text);
    },
    reopen(id) {
      schema.leave();
      workspace?.reopen(id);
    },
  });
  return {
    saved,
    quick,
    openAndRun(text, title) {
      toRun.current = true;
      workspace?.open(text, title);
    },
  };
}
