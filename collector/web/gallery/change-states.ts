/** The states of a live grant that is changed: asked for, answered, and writing now. */
import type { RequestView } from '../../../shared/api.ts';
import type { ChangeView } from '../../../shared/api-change.ts';
import { idOf, meOf, NOW, ordersRepair, people, waiting } from './data.ts';
import { json, never, problem, type State, script } from './script.ts';

const time = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
const change = (over: Partial<ChangeView> = {}): ChangeView => ({
  id: idOf('change'),
  kind: 'elevate',
  state: 'asked',
  minutes: 15,
  reason: 'Order 918342 has to go back to processing, or the refund is sent twice',
  scope: { ...ordersRepair, tables: ordersRepair.tables.filter(({ table }) => table === 'orders') },
  alone: false,
  approvals_needed: 1,
  approvals: [],
  approvals_missing: [{ count: 1, groups: null, people: ['Li Na', 'Sofia Rossi'] }],
  approval_refused: null,
  note: null,
  asked_at: time(-1),
  lapses_at: time(14),
  from: null,
  until: null,
  ended: null,
  jws: null,
  ...over,
});
const lina = { sub: people.lina.sub, name: people.lina.name, alone: false, at: time(-1) };
const live = (...changes: ChangeView[]): RequestView =>
  waiting({
    state: 'active',
    created_at: time(-9),
    approvals: [{ ...lina, at: time(-7) }],
    activated_at: time(-6),
    expires_at: time(24),
    changes,
  });
const over = change({
  id: idOf('over'),
  state: 'over',
  approvals: [lina],
  approvals_missing: undefined,
  until: time(-1),
});
const denied = change({
  id: idOf('denied'),
  kind: 'extend',
  scope: null,
  state: 'denied',
  reason: 'I need to look at the shipments, too',
  note: 'hand back first, Jonas goes on',
  approvals_missing: undefined,
});

const page = (one: RequestView, steps?: State['steps'], answer?: () => Response): State => ({
  path: `/requests/${one.id}`,
  fetch: script({
    'GET /v1/me': () => json(meOf('lina')),
    [`GET /v1/requests/${one.id}?wait`]: never,
    'GET /v1/requests/': () => json(one),
    'GET /v1/requests': () => json({ requests: [one] }),
    told: () => json({ notices: [] }),
    ...(answer === undefined ? {} : { [`POST /v1/requests/${one.id}/changes/`]: answer }),
  }),
  verify: () => new Promise(() => undefined),
  ...(steps === undefined ? {} : { steps }),
});

export const changeStates: Record<string, State> = {
  'change-asked': page(live(denied, change())),
  'change-uncounted': page(
    live(change({ approval_refused: 'Your approval would not count: still missing is 1 approval by dba' })),
  ),
  'change-writing': page(live(over, change({ state: 'in_force', approvals: [lina], from: time(-1), until: time(11) }))),
  'change-late': page(live(change()), ['Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Enter'], () =>
    problem(409, 'too_late', 'This change is over', 'Nothing was changed. It can be asked for again.'),
  ),
  'change-listed': { ...page(live(change())), path: '/requests' },
};
