import { describe, expect, it } from 'vitest';
import { Marks } from './marks.ts';

/** As Monaco keeps decorations: every one that is not taken away stays. */
function text() {
  const there = new Set<string>();
  let made = 0;
  let disposed = false;
  return {
    there,
    dispose: () => {
      disposed = true;
    },
    isDisposed: () => disposed,
    deltaDecorations(old: string[], wanted: readonly object[]): string[] {
      if (disposed) throw new Error('the text is gone');
      for (const id of old) there.delete(id);
      const ids = wanted.map(() => `mark ${++made}`);
      for (const id of ids) there.add(id);
      return ids;
    },
  };
}
const decoration = { range: { startLineNumber: 1, startColumn: 1, endLineNumber: 1, endColumn: 2 }, options: {} };

describe('marks of what was run', () => {
  it('are one for each purpose, however often it runs', () => {
    const [marks, model] = [new Marks(), text()];
    for (let run = 0; run < 50; run++) {
      marks.hold('run', marks.make(model, decoration));
      marks.hold('explain', marks.make(model, decoration));
    }
    expect(model.there).toEqual(new Set(['mark 99', 'mark 100']));
  });
  it('stay where the same one is held again, and go with a run that has none', () => {
    const [marks, model] = [new Marks(), text()];
    const mark = marks.make(model, decoration);
    marks.hold('run', mark);
    marks.hold('run', mark);
    expect(model.there.size).toBe(1);
    marks.hold('run', '');
    expect(model.there.size).toBe(0);
  });
  it('are let go where nothing was run after all, and the one before stays', () => {
    const [marks, model] = [new Marks(), text()];
    const before = marks.make(model, decoration);
    marks.hold('run', before);
    marks.release(marks.make(model, decoration));
    expect(model.there).toEqual(new Set([before]));
  });
  it('ask nothing of a text that is gone', () => {
    const [marks, model] = [new Marks(), text()];
    marks.hold('run', marks.make(model, decoration));
    model.dispose();
    marks.hold('run', '');
  });
});
