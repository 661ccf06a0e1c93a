/** Icons: one set (Blueprint, 16 px), only the shapes that are used. Decorative: the words stand beside them. */

import chevronDown from '@blueprintjs/icons/lib/esm/generated/16px/paths/chevron-down.js';
import chevronLeft from '@blueprintjs/icons/lib/esm/generated/16px/paths/chevron-left.js';
import chevronRight from '@blueprintjs/icons/lib/esm/generated/16px/paths/chevron-right.js';
import cog from '@blueprintjs/icons/lib/esm/generated/16px/paths/cog.js';
import console from '@blueprintjs/icons/lib/esm/generated/16px/paths/console.js';
import cross from '@blueprintjs/icons/lib/esm/generated/16px/paths/cross.js';
import connection from '@blueprintjs/icons/lib/esm/generated/16px/paths/data-connection.js';
import database from '@blueprintjs/icons/lib/esm/generated/16px/paths/database.js';
import clipboard from '@blueprintjs/icons/lib/esm/generated/16px/paths/duplicate.js';
import write from '@blueprintjs/icons/lib/esm/generated/16px/paths/edit.js';
import endorsed from '@blueprintjs/icons/lib/esm/generated/16px/paths/endorsed.js';
import error from '@blueprintjs/icons/lib/esm/generated/16px/paths/error.js';
import exported from '@blueprintjs/icons/lib/esm/generated/16px/paths/export.js';
import view from '@blueprintjs/icons/lib/esm/generated/16px/paths/eye-open.js';
import history from '@blueprintjs/icons/lib/esm/generated/16px/paths/history.js';
import info from '@blueprintjs/icons/lib/esm/generated/16px/paths/info-sign.js';
import key from '@blueprintjs/icons/lib/esm/generated/16px/paths/key.js';
import lock from '@blueprintjs/icons/lib/esm/generated/16px/paths/lock.js';
import notifications from '@blueprintjs/icons/lib/esm/generated/16px/paths/notifications.js';
import people from '@blueprintjs/icons/lib/esm/generated/16px/paths/people.js';
import play from '@blueprintjs/icons/lib/esm/generated/16px/paths/play.js';
import add from '@blueprintjs/icons/lib/esm/generated/16px/paths/plus.js';
import refresh from '@blueprintjs/icons/lib/esm/generated/16px/paths/refresh.js';
import search from '@blueprintjs/icons/lib/esm/generated/16px/paths/search.js';
import stop from '@blueprintjs/icons/lib/esm/generated/16px/paths/stop.js';
import table from '@blueprintjs/icons/lib/esm/generated/16px/paths/th.js';
import tick from '@blueprintjs/icons/lib/esm/generated/16px/paths/tick.js';
import time from '@blueprintjs/icons/lib/esm/generated/16px/paths/time.js';
import warning from '@blueprintjs/icons/lib/esm/generated/16px/paths/warning-sign.js';

const shapes = {
  add,
  chevronDown,
  chevronLeft,
  chevronRight,
  clipboard,
  cog,
  connection,
  console,
  cross,
  database,
  endorsed,
  error,
  export: exported,
  history,
  info,
  key,
  lock,
  notifications,
  people,
  play,
  refresh,
  search,
  stop,
  table,
  tick,
  time,
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
