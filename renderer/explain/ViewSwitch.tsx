/** Rows, plan or chart: the three ways to look at a statement. */
import { useState } from 'react';

export type View = 'rows' | 'explain' | 'chart';
const views: readonly (readonly [View, string])[] = [
  ['rows', 'Rows'],
  ['explain', 'Explain'],
  ['chart', 'Chart'],
];

export function ViewSwitch(props: {
  readonly view: View;
  /** There are rows to draw. */
  readonly chartable: boolean;
  readonly onView: (view: View) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would look like a form
    <div className="view-switch" role="group" aria-label="Show as">
      {views.map(([view, label]) => (
        <button
          key={view}
          type="button"
          className="btn quiet"
          aria-pressed={props.view === view}
          aria-disabled={view === 'chart' && !props.chartable}
          title={view === 'chart' && !props.chartable ? 'A chart needs rows' : undefined}
          onClick={() => {
            if (view !== 'chart' || props.chartable) props.onView(view);
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

/** How each tab's result is looked at. */
export function useViews(): { of(tab: string): View; set(tab: string, view: View): void } {
  const [views, setViews] = useState<ReadonlyMap<string, View>>(new Map());
  return {
    of: (tab) => views.get(tab) ?? 'rows',
    set: (tab, view) => setViews((before) => new Map(before).set(tab, view)),
  };
}
