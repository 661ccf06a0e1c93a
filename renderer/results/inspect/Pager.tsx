/** From part to part of something long. */
import { Icon } from '../../ui/icons.tsx';

export function Pager(props: {
  readonly words: string;
  readonly onBefore: (() => void) | null;
  readonly onNext: (() => void) | null;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would look like a form
    <div className="pager" role="group" aria-label="Parts of the value">
      <span className="faint num clip">{props.words}</span>
      {(
        [
          ['Part before', 'chevronLeft', props.onBefore],
          ['Next part', 'chevronRight', props.onNext],
        ] as const
      ).map(([label, icon, go]) => (
        <button
          key={label}
          type="button"
          className="btn quiet icon"
          aria-label={label}
          title={label}
          // Not `disabled`, which would take the focus away from whoever pages to the end.
          aria-disabled={go === null}
          onClick={() => go?.()}
        >
          <Icon name={icon} size={12} />
        </button>
      ))}
    </div>
  );
}
