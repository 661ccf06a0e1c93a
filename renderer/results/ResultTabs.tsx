/** One tab for each result: pinned ones first, then the statements of the last run. Arrow keys, F2 renames, Delete closes. */
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { ResultState } from '../../shared/ipc.ts';
import { visibleText } from '../../shared/visible.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { count } from '../words/format.ts';
import type { Mark } from './store.ts';
import { isRunning, resultTitle, tabTitle } from './words.ts';

interface Choice {
  readonly results: readonly ResultState[];
  readonly shown: ResultState | undefined;
  readonly onChoose: (id: string) => void;
}

/** Through the results of a long text, one by one. */
export function ResultSteps({ results, shown, onChoose }: Choice) {
  const index = results.findIndex((result) => result.id === shown?.id);
  const step = (to: number, label: string, icon: IconName) => (
    <button
      type="button"
      className="btn quiet icon"
      aria-label={label}
      title={label}
      disabled={results[to] === undefined}
      onClick={() => {
        const target = results[to];
        if (target !== undefined) onChoose(target.id);
      }}
    >
      <Icon name={icon} size={12} />
    </button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would look like a form
    <div className="result-steps" role="group" aria-label="Results">
      {step(index - 1, 'Result before', 'chevronLeft')}
      {step(index + 1, 'Next result', 'chevronRight')}
      {shown !== undefined && (
        <b className={`result-title ${shown.status} num`} title={visibleText(shown.text.slice(0, 300))}>
          {count(shown.n)} of {count(shown.of)}: {resultTitle(shown)}
        </b>
      )}
    </div>
  );
}

export function ResultTabs(
  props: Choice & {
    readonly marks: ReadonlyMap<string, Mark>;
    readonly onRename: (id: string) => void;
    readonly onClose: (id: string) => void;
  },
) {
  const { results, shown, marks, onChoose } = props;
  const list = useRef<HTMLDivElement>(null);
  // A run shows its last result, which may be beyond the edge.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when another result is shown
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [shown?.id, results.length]);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const index = results.findIndex((result) => result.id === shown?.id);
    const go = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: results.length - 1 }[event.key];
    if (go !== undefined) {
      const next = (go + results.length) % results.length;
      const target = results[next];
      if (target !== undefined) onChoose(target.id);
      event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
    } else if (shown !== undefined && event.key === 'F2') props.onRename(shown.id);
    else if (shown !== undefined && event.key === 'Delete' && !isRunning(shown)) props.onClose(shown.id);
    else return;
    event.preventDefault();
  };
  return (
    <div ref={list} className="result-tabs" role="tablist" aria-label="Results" onKeyDown={onKeyDown}>
      {results.map((result) => {
        const { name, pinned } = marks.get(result.id) ?? { name: null, pinned: false };
        return (
          <button
            key={result.id}
            type="button"
            role="tab"
            data-status={result.let_go ? 'let_go' : result.status}
            aria-selected={result.id === shown?.id}
            aria-controls="result-panel"
            aria-description={pinned ? 'pinned' : undefined}
            tabIndex={result.id === shown?.id ? 0 : -1}
            title={`${visibleText(result.text.slice(0, 300))}${pinned ? '\n(pinned: it stays when the tab runs again)' : ''}`}
            onClick={() => onChoose(result.id)}
            onDoubleClick={() => props.onRename(result.id)}
          >
            {pinned && <Icon name="pin" size={11} />}
            <span className="clip">{tabTitle(result, name)}</span>
          </button>
        );
      })}
    </div>
  );
}
