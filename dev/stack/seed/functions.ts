/**
 * The generator's vocabulary, as SQL functions that the planner inlines. Everything follows from row numbers and a hash,
 * so every seeding of the same size makes the same shop, and each table can be made without reading another.
 */
export interface SeedFacts {
  readonly orders: number;
  readonly customers: number;
  readonly products: number;
  /** "Now" of the shop: the newest order is this old. */
  readonly end: Date;
  /** The faulty deploy. */
  readonly deploy: Date;
  /** Id of the first stuck order; the others follow, three apart. */
  readonly firstStuck: number;
}

/** Orders that the faulty deploy left in `processing`. */
export const stuckOrders = 37;
export const stuckWorker = 'worker-7c9f';
const stuckStep = 3;
/** Days from the first order to the last. */
const span = 800;

/** Facts for a shop of this many orders, seen from `now`. The deploy is the latest 11:40 UTC at least three hours ago. */
export function seedFacts(orders: number, now: Date): SeedFacts {
  const deploy = new Date(now);
  deploy.setUTCHours(11, 40, 0, 0);
  if (now.getTime() - deploy.getTime() < 3 * 3600_000) deploy.setUTCDate(deploy.getUTCDate() - 1);
  // Inverse of seed.placed: the shop grows with the cube of time.
  const share = 1 - (now.getTime() - deploy.getTime()) / (span * 86_400_000);
  const natural = Math.ceil(orders * share ** 3);
  return {
    orders,
    customers: Math.max(50, Math.round((orders * 214_000) / 1_200_000)),
    products: 4000,
    end: now,
    deploy,
    firstStuck: Math.min(natural, orders - stuckOrders * stuckStep),
  };
}

const list = (words: readonly string[]): string => `(array[${words.map((word) => `'${word}'`).join(',')}])`;

const firstNames = [
  ...[
    'Jonas',
    'Priya',
    'Tomás',
    'Sofia',
    'Kofi',
    'Noah',
    'Yuki',
    'Mei',
    'Lena',
    'Omar',
    'Chidi',
    'Aylin',
    'Mateo',
    'Freya',
  ],
  ...[
    'Hugo',
    'Nadia',
    'Arjun',
    'Elif',
    'Lucía',
    'Emil',
    'Hana',
    'Samuel',
    'Zofia',
    'Diego',
    'Amara',
    'Levi',
    'Ines',
    'Ravi',
  ],
  ...[
    'Maja',
    'Tariq',
    'Chloé',
    'Björn',
    'Salma',
    'Viktor',
    'Thandi',
    'Ewan',
    'Marta',
    'Kenji',
    'Olga',
    'Felix',
    'Leila',
    'Nils',
  ],
];
const lastNames = [
  ...[
    'Weber',
    'Raman',
    'Ruiz',
    'Rossi',
    'Mensah',
    'Martin',
    'Tanaka',
    'Chen',
    'Novak',
    'Farouk',
    'Okafor',
    'Yılmaz',
    'Silva',
  ],
  ...[
    'Lindqvist',
    'Moreau',
    'Petrov',
    'Iyer',
    'Demir',
    'Gómez',
    'Larsen',
    'Sato',
    'Cohen',
    'Kowalski',
    'Fernández',
    'Diallo',
  ],
  ...[
    'de Vries',
    'Costa',
    'Gupta',
    'Horvat',
    'Aziz',
    'Dubois',
    'Eriksson',
    'Haddou',
    'Popov',
    'Nkosi',
    'Murray',
    'Bianchi',
  ],
  ...[
    'Watanabe',
    'Sokolova',
    'Braun',
    'Karimi',
    'Hansen',
    'Nguyen',
    'Park',
    'Schmidt',
    'Walsh',
    'Castro',
    'Keller',
    'Ito',
  ],
];
const goods = {
  adjectives: [
    'Oak',
    'Linen',
    'Steel',
    'Wool',
    'Glass',
    'Cork',
    'Copper',
    'Slate',
    'Birch',
    'Cotton',
    'Stone',
    'Brass',
  ],
  things: [
    'lamp',
    'chair',
    'kettle',
    'blanket',
    'shelf',
    'mirror',
    'notebook',
    'jar',
    'clock',
    'basket',
    'mug',
    'tray',
    'rug',
  ],
  categories: ['home', 'kitchen', 'office', 'garden', 'textile', 'light'],
};

const details = ['web', 'app', 'app', 'phone'].flatMap((channel) =>
  ['worker-1a20', 'worker-3f81', 'worker-52bd', 'worker-6e07'].map((worker) => JSON.stringify({ channel, worker })),
);

export function seedFunctions(facts: SeedFacts): string {
  const { orders, customers, products, end, deploy, firstStuck } = facts;
  const last = firstStuck + (stuckOrders - 1) * stuckStep;
  return `
    create schema seed authorization shop_owner;
    set local role shop_owner;
    create function seed.h(i bigint, salt bigint) returns bigint language sql immutable parallel safe
      return hashint8extended(i, salt) & 9223372036854775807;
    create function seed.pick(words text[], hash bigint) returns text language sql immutable parallel safe
      return words[1 + hash % cardinality(words)];

    create function seed.person_name(i bigint) returns text language sql immutable parallel safe
      return seed.pick(${list(firstNames)}, seed.h(i, 1)) || ' ' || seed.pick(${list(lastNames)}, seed.h(i, 2));
    create function seed.product_name(i bigint) returns text language sql immutable parallel safe
      return seed.pick(${list(goods.adjectives)}, seed.h(i, 3)) || ' ' || seed.pick(${list(goods.things)}, seed.h(i, 4))
        || ' No. ' || (1 + seed.h(i, 5) % 90);
    create function seed.category(i bigint) returns text language sql immutable parallel safe
      return seed.pick(${list(goods.categories)}, seed.h(i, 6));
    create function seed.price_cents(product bigint) returns bigint language sql immutable parallel safe
      return 490 + 10 * (seed.h(product, 7) % 1900);

    -- Lines of an order: between one and five, 2.8 on average.
    create function seed.lines(o bigint) returns int language sql immutable parallel safe
      return (array[1, 1, 2, 2, 2, 3, 3, 4, 5, 5])[1 + seed.h(o, 8) % 10];
    create function seed.product_of(o bigint, line int) returns bigint language sql immutable parallel safe
      return 1 + seed.h(o * 8 + line, 9) % ${products};
    create function seed.quantity_of(o bigint, line int) returns int language sql immutable parallel safe
      return (array[1, 1, 1, 1, 1, 1, 2, 2, 3, 4])[1 + (seed.h(o * 8 + line, 10) % 10)::int];
    create function seed.line_cents(o bigint, line int) returns bigint language sql immutable parallel safe
      return seed.quantity_of(o, line) * seed.price_cents(seed.product_of(o, line));
    create function seed.total_cents(o bigint, n int) returns bigint language sql immutable parallel safe
      return seed.line_cents(o, 1)
        + case when n > 1 then seed.line_cents(o, 2) else 0 end
        + case when n > 2 then seed.line_cents(o, 3) else 0 end
        + case when n > 3 then seed.line_cents(o, 4) else 0 end
        + case when n > 4 then seed.line_cents(o, 5) else 0 end;

    -- Number of a stuck order, from 0; null for all others.
    create function seed.stuck(o bigint) returns int language sql immutable parallel safe
      return case when o between ${firstStuck} and ${last} and (o - ${firstStuck}) % ${stuckStep} = 0
        then ((o - ${firstStuck}) / ${stuckStep})::int end;
    -- Stable, not immutable, as timestamptz + interval is: otherwise it would not be inlined.
    create function seed.placed(o bigint, stuck int) returns timestamptz language sql stable parallel safe
      return case when stuck is not null
        then timestamptz '${deploy.toISOString()}' + (10 + 62 * stuck) * interval '1 second'
        else timestamptz '${end.toISOString()}'
          - ${span * 86_400}::float8 * (1 - power(o::float8 / ${orders}, 1.0::float8 / 3)) * interval '1 second' end;
    create function seed.customer_of(o bigint) returns bigint language sql immutable parallel safe
      return 1 + seed.h(o, 11) % ${customers};
    -- Healthy orders pass through 'processing' in seconds, so only the stuck ones are found there.
    create function seed.status(o bigint, stuck int, age interval) returns shop.order_status language sql immutable parallel safe
      return case
        when stuck is not null then 'processing'::shop.order_status
        when age < '20 minutes' then (array['placed', 'paid', 'paid']::shop.order_status[])[1 + seed.h(o, 12) % 3]
        when age < '36 hours' then (array['packed', 'packed', 'shipped']::shop.order_status[])[1 + seed.h(o, 12) % 3]
        when age < '6 days' then (array['shipped', 'shipped', 'shipped', 'delivered', 'cancelled']::shop.order_status[])[1 + seed.h(o, 12) % 5]
        when seed.h(o, 12) % 100 < 6 then 'cancelled'::shop.order_status
        when seed.h(o, 12) % 100 < 10 then 'refunded'::shop.order_status
        else 'delivered'::shop.order_status end;
    -- What healthy orders carry: a few ready-made values are much cheaper than building each anew.
    create function seed.pick_details(hash bigint) returns jsonb language sql immutable parallel safe
      return (array[${details.map((value) => `'${value}'`).join(',')}]::jsonb[])[1 + hash % ${details.length}];
    reset role;`;
}
