/** The open pages as tabs, behind those of the queries and moved through with the same keys. */

import { visibleName } from '../../shared/visible.ts';
import { Icon } from '../ui/icons.tsx';
import { Name } from './Name.tsx';
import type { Page, Pages } from './pages.ts';

export function PageTabs(props: {
  readonly pages: Pages;
  readonly panel: string;
  readonly onActivate: (id: string) => void;
  readonly onClose: (id: string) => void;
  /** Left, right, Home and End among all tabs. */
  readonly onMove: (event: React.KeyboardEvent) => void;
}) {
  const tab = (page: Page) => {
    const on = page.id === props.pages.active;
    const name = visibleName(`${page.schema}.${page.name}`);
    return (
      <span key={page.id} className={`tab page-tab ${on ? 'on' : ''}`} role="presentation">
        <button
          type="button"
          role="tab"
          id={`tab-${page.id}`}
          aria-selected={on}
          aria-controls={props.panel}
          aria-label={`${name}, page`}
          tabIndex={on ? 0 : -1}
          title={name}
          onClick={() => props.onActivate(page.id)}
          onKeyDown={(event) => {
            if (event.key !== 'Delete') return props.onMove(event);
            event.preventDefault();
            props.onClose(page.id);
          }}
        >
          <Icon name={page.of === 'relation' ? 'table' : page.of === 'function' ? 'console' : 'tag'} size={11} />
          <Name of={page.name} className="clip" />
        </button>
        {/* For the mouse; the keyboard has Delete on the tab, because a tab may hold no other control. */}
        <span className="tab-close" aria-hidden="true" onClick={() => props.onClose(page.id)}>
          <Icon name="cross" size={11} />
        </span>
      </span>
    );
  };
  return <>{props.pages.list.map(tab)}</>;
}
