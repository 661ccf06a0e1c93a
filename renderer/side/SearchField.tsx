/** The field that a panel is searched with. Escape empties it; Down and Enter go on to what was found. */
import type { ReactNode, Ref } from 'react';
import { Icon } from '../ui/icons.tsx';

export function SearchField(props: {
  /** Its name for a screen reader. */
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Where Down and Enter lead; absent: nowhere. */
  readonly onDown?: () => void;
  /** At the right while it is empty: its key. */
  readonly children?: ReactNode;
  readonly ref?: Ref<HTMLInputElement>;
}) {
  const { value, onChange, onDown } = props;
  return (
    <div className="search">
      <Icon name="search" size={13} />
      <input
        ref={props.ref}
        type="search"
        aria-label={props.label}
        placeholder={props.placeholder}
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value !== '') {
            onChange('');
            event.stopPropagation();
          }
          if (onDown === undefined || (event.key !== 'ArrowDown' && event.key !== 'Enter')) return;
          event.preventDefault();
          onDown();
        }}
      />
      {value === '' && props.children}
    </div>
  );
}
