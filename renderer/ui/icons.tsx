/** Icons: one set (Blueprint, 16 px), only the shapes that are used. Decorative: the words stand beside them. */

import arrowDown from '@blueprintjs/icons/lib/esm/generated/16px/paths/arrow-down.js';
import arrowUp from '@blueprintjs/icons/lib/esm/generated/16px/paths/arrow-up.js';
import chevronDown from '@blueprintjs/icons/lib/esm/generated/16px/paths/chevron-down.js';
import chevronLeft from '@blueprintjs/icons/lib/esm/generated/16px/paths/chevron-left.js';
import chevronRight from '@blueprintjs/icons/lib/esm/generated/16px/paths/chevron-right.js';
import chevronUp from '@blueprintjs/icons/lib/esm/generated/16px/paths/chevron-up.js';
import cog from '@blueprintjs/icons/lib/esm/generated/16px/paths/cog.js';
import comparison from '@blueprintjs/icons/lib/esm/generated/16px/paths/comparison.js';
import console from '@blueprintjs/icons/lib/esm/generated/16px/paths/console.js';
import cross from '@blueprintjs/icons/lib/esm/generated/16px/paths/cross.js';
import connection from '@blueprintjs/icons/lib/esm/generated/16px/paths/data-connection.js';
import database from '@blueprintjs/icons/lib/esm/generated/16px/paths/database.js';
import query from '@blueprintjs/icons/lib/esm/generated/16px/paths/document.js';
import clipboard from '@blueprintjs/icons/lib/esm/generated/16px/paths/duplicate.js';
import write from '@blueprintjs/icons/lib/esm/generated/16px/paths/edit.js';
import endorsed from '@blueprintjs/icons/lib/esm/generated/16px/paths/endorsed.js';
import error from '@blueprintjs/icons/lib/esm/generated/16px/paths/error.js';
import exported from '@blueprintjs/icons/lib/esm/generated/16px/paths/export.js';
import view from '@blueprintjs/icons/lib/esm/generated/16px/paths/eye-open.js';
import filter from '@blueprintjs/icons/lib/esm/generated/16px/paths/filter.js';
import save from '@blueprintjs/icons/lib/esm/generated/16px/paths/floppy-disk.js';
import folder from '@blueprintjs/icons/lib/esm/generated/16px/paths/folder-close.js';
import newFolder from '@blueprintjs/icons/lib/esm/generated/16px/paths/folder-new.js';
import history from '@blueprintjs/icons/lib/esm/generated/16px/paths/history.js';
import info from '@blueprintjs/icons/lib/esm/generated/16px/paths/info-sign.js';
import key from '@blueprintjs/icons/lib/esm/generated/16px/paths/key.js';
import lock from '@blueprintjs/icons/lib/esm/generated/16px/paths/lock.js';
import more from '@blueprintjs/icons/lib/esm/generated/16px/paths/more.js';
import notifications from '@blueprintjs/icons/lib/esm/generated/16px/paths/notifications.js';
import panel from '@blueprintjs/icons/lib/esm/generated/16px/paths/panel-stats.js';
import people from '@blueprintjs/icons/lib/esm/generated/16px/paths/people.js';
import pin from '@blueprintjs/icons/lib/esm/generated/16px/paths/pin.js';
import play from '@blueprintjs/icons/lib/esm/generated/16px/paths/play.js';
import add from '@blueprintjs/icons/lib/esm/generated/16px/paths/plus.js';
import refresh from '@blueprintjs/icons/lib/esm/generated/16px/paths/refresh.js';
import search from '@blueprintjs/icons/lib/esm/generated/16px/paths/search.js';
import stop from '@blueprintjs/icons/lib/esm/generated/16px/paths/stop.js';
import tag from '@blueprintjs/icons/lib/esm/generated/16px/paths/tag.js';
import table from '@blueprintjs/icons/lib/esm/generated/16px/paths/th.js';
import tick from '@blueprintjs/icons/lib/esm/generated/16px/paths/tick.js';
import time from '@blueprintjs/icons/lib/esm/generated/16px/paths/time.js';
import trash from '@blueprintjs/icons/lib/esm/generated/16px/paths/trash.js';
import warning from '@blueprintjs/icons/lib/esm/generated/16px/paths/warning-sign.js';

const shapes = {
  add,
  arrowDown,
  arrowUp,
  chevronDown,
  chevronLeft,
  chevronRight,
  chevronUp,
  clipboard,
  cog,
  comparison,
  connection,
  console,
  cross,
  database,
  endorsed,
  error,
  export: exported,
  filter,
  folder,
  history,
  info,
  key,
  lock,
  more,
  newFolder,
  notifications,
  panel,
  people,
  pin,
  play,
  query,
  refresh,
  save,
  search,
  stop,
  table,
  tag,
  tick,
  time,
  trash,
  view,
  warning,
  write,
};
export type IconName = keyof typeof shapes;

export function Icon({ name, size = 14 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="ico" width={size} height={size} viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
      {shapes[name].map((d) => (
        <path key={d} d={d} fillRule="evenodd" />
      ))}
    </svg>
  );
}

const SVG = 'http://www.w3.org/2000/svg';

/** The same for what is drawn without React: the grid makes its elements itself. */
export function iconElement(name: IconName, size: number): SVGSVGElement {
  const icon = document.createElementNS(SVG, 'svg');
  icon.setAttribute('class', 'ico');
  icon.setAttribute('width', String(size));
  icon.setAttribute('height', String(size));
  icon.setAttribute('viewBox', '0 0 16 16');
  icon.setAttribute('fill', 'currentColor');
  icon.setAttribute('aria-hidden', 'true');
  for (const d of shapes[name]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    path.setAttribute('fill-rule', 'evenodd');
    icon.append(path);
  }
  return icon;
}
