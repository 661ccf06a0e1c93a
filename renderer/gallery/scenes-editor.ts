/** What main answers the editor in a scene, and the scenes of the editor's own states. */
import type { Finding, RunPart, Snippet } from '../../shared/ipc-editor.ts';

export interface EditorAnswers {
  readonly parts?: readonly RunPart[];
  readonly findings?: readonly Finding[];
  readonly parameters?: readonly string[];
  readonly wrong?: readonly { readonly name: string; readonly message: string }[];
  readonly snippets?: readonly Snippet[];
}

const NESTED = `with recent as (
  select id, customer_id from shop.orders where placed_at > now() - interval '2 hours'
)
select * from recent r join shop.customers c on c.id = r.customer_id;
`;
const at = (text: string, piece: string) => ({ start: text.indexOf(piece), end: text.indexOf(piece) + piece.length });
const WARNED = `selct now();

select c.id, c.email from shop.customers c where c.id = 4711;

update shop.orders set status = 'cancelled' where id = 4711;

select 1;
`;
const warned = (piece: string, part: Pick<Finding, 'code' | 'message'>): Finding => ({
  ...part,
  ...at(WARNED, piece),
  statement: at(WARNED, piece),
  closed: true,
});
const PARAMETERS = `select * from shop.orders where id = $1 and status = :status and placed_at > :since;`;

/** By name; a picture of each is taken in both themes. */
export const editorScenes = {
  'run-part': {
    text: NESTED,
    editor: {
      parts: [
        {
          ...at(NESTED, "select id, customer_id from shop.orders where placed_at > now() - interval '2 hours'"),
          what: 'CTE recent',
        },
      ],
    },
    keys: ['ControlOrMeta+Home', 'ArrowDown', 'End', 'ControlOrMeta+Enter', 'ArrowDown'],
    shows: '.part-chooser',
  },
  warnings: {
    text: WARNED,
    editor: {
      findings: [
        warned('selct', { code: 'syntax', message: 'syntax error at or near "selct"' }),
        warned('c.email', {
          code: 'not_in_grant',
          message: 'shop.customers.email is not in this grant; what it may read there: id, name, city.',
        }),
        warned('update', {
          code: 'read_only',
          message:
            'This grant only reads, so UPDATE is refused. “Ask for write access…” hands back and asks for a grant that writes.',
        }),
      ],
    },
    keys: ['ControlOrMeta+End', 'Shift+Alt+F8'],
    shows: '.marker-widget',
  },
  parameters: {
    text: PARAMETERS,
    editor: { parameters: ['$1', ':status', ':since'] },
    press: ['Run'],
    shows: 'dialog.parameters',
  },
  'parameters-wrong': {
    text: PARAMETERS,
    editor: { parameters: ['$1', ':status', ':since'], wrong: [{ name: '$1', message: 'This is not a number.' }] },
    press: ['Run', 'Run'],
    shows: 'dialog.parameters .problem',
  },
  snippets: {
    editor: {
      snippets: [
        { id: 'a', prefix: 'byid', body: 'select * from shop.orders where id = $1;' },
        {
          id: 'b',
          prefix: 'locks',
          body: 'select pid, state, query from pg_stat_activity where wait_event_type is not null;',
        },
        {
          id: 'c',
          prefix: 'stuck',
          body: "select id, placed_at, details->>'worker' from shop.orders where status = 'processing';",
        },
      ],
    },
    keys: ['ControlOrMeta+Alt+J', 'ArrowDown'],
    shows: '.snippet-list',
  },
  'snippets-none': { keys: ['ControlOrMeta+Alt+J'], shows: '.snippets-none' },
  'snippet-new': { keys: ['ControlOrMeta+A', 'ControlOrMeta+Shift+J'], shows: '.snippet-form' },
  'large-text': { text: `select 1;\n${`-- ${'x'.repeat(96)}\n`.repeat(81_000)}` },
} as const;
