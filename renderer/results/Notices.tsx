/** What the server remarked while it worked (RAISE NOTICE, warnings): counted by severity, folded away, copied. */
import { useState } from 'react';
import { Foreign } from '../ui/Foreign.tsx';
import { Icon } from '../ui/icons.tsx';
import { counted, severityOf } from './notices.ts';

export function Notices({
  notices,
  onCopy,
}: {
  readonly notices: readonly string[];
  readonly onCopy: (text: string) => void;
}) {
  const [open, setOpen] = useState(true);
  const serious = notices.some((notice) => severityOf(notice) === 'warn');
  return (
    <section className="notices" aria-label="Notices of the server">
      <div className="notices-head">
        <button type="button" className="notices-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? 'chevronDown' : 'chevronRight'} size={12} />
          <Icon name={serious ? 'warning' : 'info'} size={13} />
          {counted(notices)}
        </button>
        <span className="grow" />
        <button type="button" className="btn quiet" onClick={() => onCopy(notices.join('\n'))}>
          Copy notices
        </button>
      </div>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to by keyboard
        <ul className="selectable" tabIndex={0} aria-label="Notices">
          {notices.map((notice, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: notices only ever grow at the end
            <li key={index} data-severity={severityOf(notice)}>
              <Foreign of={notice} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
