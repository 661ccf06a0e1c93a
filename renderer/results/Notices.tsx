/** What the server remarked while it worked (RAISE NOTICE, warnings). */
import { useState } from 'react';
import { Icon } from '../ui/icons.tsx';
import { plural } from '../words/format.ts';

const FIRST = 3;

export function Notices({ notices }: { readonly notices: readonly string[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? notices : notices.slice(0, FIRST);
  return (
    <div className="notices">
      <Icon name="info" size={13} />
      <ul className="selectable">
        {shown.map((notice, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: notices only ever grow at the end
          <li key={index}>{notice}</li>
        ))}
      </ul>
      {notices.length > FIRST && (
        <button type="button" className="btn quiet" onClick={() => setAll(!all)}>
          {all ? 'Fewer' : `All ${plural(notices.length, 'notice')}`}
        </button>
      )}
    </div>
  );
}
