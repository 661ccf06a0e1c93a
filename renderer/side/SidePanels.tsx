/** The panels of the side bar: schema, what was run, and what was saved. The one that is not shown keeps what it has read. */
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import type { Settings } from '../../shared/ipc.ts';

type Panel = Settings['side_panel'];
const panels: readonly (readonly [Panel, string])[] = [
  ['schema', 'Schema'],
  ['history', 'History'],
  ['saved', 'Saved'],
];

export function SidePanels(props: {
  readonly shown: Panel;
  readonly onShow: (panel: Panel) => void;
  readonly schema: ReactNode;
  readonly history: ReactNode;
  readonly saved: ReactNode;
}) {
  const { shown, onShow } = props;
  const strip = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = panels.findIndex(([panel]) => panel === shown);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: panels.length - 1 }[event.key];
    const [next] = to === undefined ? [] : (panels[(to + panels.length) % panels.length] ?? []);
    if (next === undefined) return;
    event.preventDefault();
    onShow(next);
    strip.current?.querySelector<HTMLElement>(`#side-tab-${next}`)?.focus();
  };
  return (
    <div className="side-panels">
      <div ref={strip} className="side-tabs" role="tablist" aria-label="Side bar">
        {panels.map(([panel, title]) => (
          <button
            key={panel}
            id={`side-tab-${panel}`}
            type="button"
            role="tab"
            aria-selected={panel === shown}
            aria-controls={`side-${panel}`}
            tabIndex={panel === shown ? 0 : -1}
            onClick={() => onShow(panel)}
            onKeyDown={onKeyDown}
          >
            {title}
          </button>
        ))}
      </div>
      {panels.map(([panel]) => (
        <div
          key={panel}
          id={`side-${panel}`}
          className="side-panel"
          role="tabpanel"
          aria-labelledby={`side-tab-${panel}`}
          hidden={panel !== shown}
        >
          {props[panel]}
        </div>
      ))}
    </div>
  );
}
