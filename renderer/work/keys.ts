/** Keys that work wherever the focus is; inside the editor Monaco has the same ones for running and cancelling. Pure. */
interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** The command a key means; null where it belongs to whatever has the focus. */
export function commandOf(event: Pressed, inEditor: boolean, somethingOpen: boolean): string | null {
  if (somethingOpen || event.altKey) return null;
  const ctrl = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (ctrl && !event.shiftKey && key === 'k') return 'search';
  if (ctrl && event.shiftKey && key === 'p') return 'palette';
  if (ctrl && event.shiftKey && key === 'y') return 'commit';
  if (ctrl && event.shiftKey && key === 'b') return 'rollback';
  if (ctrl && event.shiftKey && key === 'm') return 'mode';
  if (ctrl && event.shiftKey && key === 's') return 'export';
  if (ctrl && event.shiftKey && key === 'd') return 'port';
  if (inEditor) return null;
  if (ctrl && key === 'enter') return event.shiftKey ? 'runAll' : 'run';
  if (!ctrl && key === 'f5') return 'runAll';
  if (!ctrl && key === 'f1') return 'palette';
  if (ctrl && key === '.') return 'cancel';
  if (!ctrl && key === 'escape') return 'cancel';
  return null;
}
