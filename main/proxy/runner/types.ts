/** Names of types as `format_type` prints them, for the built-in ones; others are asked for once and kept. */
const builtin: Readonly<Record<number, string>> = {
  16: 'boolean',
  17: 'bytea',
  18: '"char"',
  19: 'name',
  20: 'bigint',
  21: 'smallint',
  23: 'integer',
  24: 'regproc',
  25: 'text',
  26: 'oid',
  114: 'json',
  142: 'xml',
  194: 'pg_node_tree',
  600: 'point',
  650: 'cidr',
  700: 'real',
  701: 'double precision',
  705: 'unknown',
  790: 'money',
  829: 'macaddr',
  869: 'inet',
  1000: 'boolean[]',
  1001: 'bytea[]',
  1005: 'smallint[]',
  1007: 'integer[]',
  1009: 'text[]',
  1016: 'bigint[]',
  1021: 'real[]',
  1022: 'double precision[]',
  1082: 'date',
  1182: 'date[]',
  2205: 'regclass',
  2206: 'regtype',
  2249: 'record',
  2278: 'void',
  2950: 'uuid',
  2951: 'uuid[]',
  3614: 'tsvector',
  3615: 'tsquery',
  3802: 'jsonb',
  3807: 'jsonb[]',
  3904: 'int4range',
  3906: 'numrange',
  3908: 'tsrange',
  3910: 'tstzrange',
  3912: 'daterange',
  3926: 'int8range',
  4072: 'jsonpath',
};
/** smallint, integer, bigint, oid, xid, cid, real, double precision, money, numeric, xid8: to the right, as psql does. */
const numeric = new Set([20, 21, 23, 26, 28, 29, 700, 701, 790, 1700, 5069]);

export const alignOf = (type: number): 'left' | 'right' => (numeric.has(type) ? 'right' : 'left');

const withLength = (name: string, modifier: number): string => (modifier >= 4 ? `${name}(${modifier - 4})` : name);
const withPrecision = (name: string, zone: string, modifier: number): string =>
  `${name}${modifier >= 0 ? `(${modifier})` : ''}${zone}`;

/** Null where only the database knows. */
export function builtinName(type: number, modifier: number): string | null {
  switch (type) {
    case 1042:
      return modifier >= 4 ? withLength('character', modifier) : 'bpchar';
    case 1043:
      return withLength('character varying', modifier);
    case 1083:
      return withPrecision('time', ' without time zone', modifier);
    case 1114:
      return withPrecision('timestamp', ' without time zone', modifier);
    case 1184:
      return withPrecision('timestamp', ' with time zone', modifier);
    case 1266:
      return withPrecision('time', ' with time zone', modifier);
    case 1700: {
      if (modifier < 4) return 'numeric';
      const packed = modifier - 4;
      // The scale is a signed number of 11 bits.
      const scale = ((packed & 0x7ff) ^ 1024) - 1024;
      return `numeric(${(packed >>> 16) & 0xffff},${scale})`;
    }
    default:
      return modifier === -1 ? (builtin[type] ?? null) : null;
  }
}
