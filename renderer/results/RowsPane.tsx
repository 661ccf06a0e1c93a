/** The rows of one result, and beside them a panel that follows the selection. */
import { useRef, useState } from 'react';
import type { Column, CopyFormat, ResultState } from '../../shared/ipc.ts';
import type { Bridge } from '../bridge.ts';
import { useSettings } from '../settings.tsx';
import { Splitter } from '../ui/Splitter.tsx';
import type { useToast } from '../ui/Toasts.tsx';
import { type CopyWish, GridPanel, type ResultGridHandle, type RingCell } from './grid/GridPanel.tsx';
import type { GridMemory } from './grid/memory.ts';
import { Inspector } from './inspect/Inspector.tsx';
import type { Panel } from './ResultPane.tsx';

const NARROWEST = 240;
const WIDEST = 900;

export function RowsPane(props: {
  readonly bridge: Bridge;
  readonly result: ResultState;
  readonly panel: Panel;
  readonly onPanel: (panel: Panel) => void;
  readonly memory: GridMemory;
  readonly copy: (wish: CopyWish, as: CopyFormat) => void;
  readonly onCopyText: (text: string) => void;
  readonly onOpen: (text: string, title: string) => void;
  readonly onProblem: ReturnType<typeof useToast>;
  readonly gridRef: React.RefObject<ResultGridHandle | null>;
}) {
  const { bridge, result, panel } = props;
  const { settings, change } = useSettings();
  const [dragged, setDragged] = useState<number | null>(null);
  const [cell, setCell] = useState<RingCell>({ row: 0, column: 0, place: 0, of: null });
  const frame = useRef<HTMLDivElement>(null);
  const inspector = useRef<HTMLElement>(null);
  // A new array of the same columns must not rebuild the grid; names of types that are not built in come a moment later.
  const columns = useRef(result.columns);
  if (!sameColumns(columns.current, result.columns)) columns.current = result.columns;
  const width = dragged ?? settings.inspector_width;
  const openPanel = panel !== null && result.stored > 0;
  return (
    <div
      ref={frame}
      className="rows-pane"
      style={openPanel ? { gridTemplateColumns: `minmax(120px, 1fr) 1px minmax(0, ${width}px)` } : undefined}
    >
      <GridPanel
        ref={props.gridRef}
        bridge={bridge}
        result={result}
        columns={columns.current}
        memory={props.memory}
        copy={props.copy}
        onCell={setCell}
        onOpen={() => {
          if (panel === 'value') inspector.current?.querySelector<HTMLElement>('[data-first]')?.focus();
          else props.onPanel('value');
        }}
        onProblem={props.onProblem}
      />
      {openPanel && (
        <>
          <Splitter
            label="Width of the panel"
            direction="vertical"
            value={width}
            min={NARROWEST}
            max={WIDEST}
            step={-16}
            at={(x) => (frame.current?.getBoundingClientRect().right ?? x) - x}
            onChange={setDragged}
            onDone={(next) => {
              change({ inspector_width: Math.round(next) });
              setDragged(null);
            }}
          />
          <Inspector
            ref={inspector}
            bridge={bridge}
            result={result}
            columns={columns.current}
            cell={cell}
            view={panel}
            onView={props.onPanel}
            onGo={(by, column) => props.gridRef.current?.step(by, column)}
            copy={props.copy}
            onCopyText={props.onCopyText}
            onOpen={props.onOpen}
          />
        </>
      )}
    </div>
  );
}

const sameColumns = (a: readonly Column[], b: readonly Column[]): boolean =>
  a.length === b.length && a.every((one, n) => one.name === b[n]?.name && one.type === b[n]?.type);
