/** What a client may send, in every order that the protocol allows. */
import {
  bind,
  call,
  close,
  copyData,
  copyDone,
  copyFail,
  describing,
  execute,
  flush,
  type Move,
  parse,
  query,
  sync,
} from './moves.ts';
import type { Random } from './random.ts';

const names = ['', '', 'a', 'b', "it's é"];
const texts = [
  'select 1',
  'select 12 -- a comment',
  'select 3 /* a /* nested */ one */',
  "select 'ü ☃ ''quoted'' \\' as name, 30",
  'select $1::text, 2',
  'begin',
  'begin',
  'commit',
  'rollback',
  'insert into t values (3)',
  'insert into deferred values (1)',
  'update shop.orders set status = 1 where id = 5',
  'delete from t where id = 7 returning id',
  'select 1 / 0',
  'select nope from t',
  'selec 1',
  'select 1 +',
  "select 'open",
  "do 'begin end'",
  "notify channel, 'payload'",
  "set application_name = 'renamed'",
  'copy t to stdout',
  'copy secrets from stdin',
  'prepare p as select 1',
  'execute p',
  'deallocate all',
  'create temp table x (id int)',
  'select 1; select 2',
  'insert into t values (2); select 1 / 0; select 3',
  'begin; insert into deferred values (1); commit',
  'copy t to stdout; select 4',
  '',
  '-- nothing',
  ' ; ',
];
const asking = [
  'copy t from stdin',
  'copy t from stdin -- c',
  'copy t from stdin; select 4',
  'copy t from stdin; copy t from stdin',
];

const copying = (random: Random): Move[] => [
  ...Array.from({ length: random.below(4) }, () =>
    copyData(random.pick(['1\n', '2\tü\n', '', 'x'.repeat(5000), 'bad\n'])),
  ),
  random.chance(0.8) ? copyDone : copyFail,
];

/** What a client may send, in an order that a server takes: errors and strays included, breaches of the protocol not. */
export function legal(random: Random): Move[] {
  const sentences = Array.from({ length: random.between(1, 7) }, (): Move[] =>
    random.weighted<(random: Random) => Move[]>([
      [6, () => [query(random.pick(texts))]],
      [6, cycle],
      [
        2,
        (r) => {
          const text = r.pick(asking);
          return [query(text), ...copying(r), ...(text.includes('; copy') ? copying(r) : [])];
        },
      ],
      [
        2,
        (r) => [
          parse('', 'copy t from stdin'),
          bind(r, '', ''),
          execute('', 0),
          ...copying(r),
          // Not in its cycle: it may have failed, and who binds this statement later would begin a COPY.
          ...[sync, close('S', ''), close('P', ''), sync],
        ],
      ],
      [1, (r) => copying(r)],
      [1, () => [call]],
      [1, (r) => Array.from({ length: r.between(1, 5) }, () => sync)],
      [1, () => [query('select 5'), query('select 6'), query('select 7')]],
    ])(random),
  );
  return sentences.flat();
}

function cycle(random: Random): Move[] {
  const moves: Move[] = [];
  const text = random.pick(texts);
  const name = random.pick(names);
  const portal = random.pick(names);
  // Most are what a driver does; some leave parts out, or do them twice.
  if (random.chance(0.9)) moves.push(parse(name, text));
  if (random.chance(0.3)) moves.push(describing('S', name));
  for (
    let runs = random.weighted([
      [6, 1],
      [2, 2],
      [1, 0],
    ]);
    runs > 0;
    runs--
  ) {
    if (random.chance(0.95)) moves.push(bind(random, portal, name));
    if (random.chance(0.3)) moves.push(describing('P', portal));
    for (
      let times = random.weighted([
        [6, 1],
        [2, 3],
        [1, 0],
      ]);
      times > 0;
      times--
    )
      moves.push(
        execute(
          portal,
          random.weighted([
            [4, 0],
            [1, 1],
            [1, 3],
            [1, 1000],
          ]),
        ),
      );
    if (random.chance(0.2)) moves.push(flush);
    if (random.chance(0.4)) moves.push(close('P', portal));
  }
  if (random.chance(0.5)) moves.push(close('S', name));
  if (random.chance(0.9)) moves.push(sync);
  return moves;
}
