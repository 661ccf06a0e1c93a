/**
 * How other programs find the port: what the user copies, what psql is started with. All but the command
 * and {@link conninfo} hold the password. Pure.
 */

export interface PortFacts {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** RFC 3986 percent-encoding. TLS is ruled out because the port has none; every driver knows `sslmode`. */
export function connectionUri({ host, port, user, password, database }: PortFacts): string {
  return `postgresql://${encode(user)}:${encode(password)}@${host}:${port}/${encode(database)}?sslmode=disable`;
}
/** Characters that encodeURIComponent leaves alone although shells and drivers may not. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** Variables that every tool built on libpq, and many others, read. */
export function environment(facts: PortFacts): Readonly<Record<string, string>> {
  return {
    PGHOST: facts.host,
    PGPORT: String(facts.port),
    PGUSER: facts.user,
    PGPASSWORD: facts.password,
    PGDATABASE: facts.database,
    PGSSLMODE: 'disable',
  };
}

/** `export` lines for a POSIX shell. */
export const shellExports = (facts: PortFacts): string =>
  Object.entries(environment(facts))
    .map(([name, value]) => `export ${name}=${shellQuote(value)}\n`)
    .join('');

/** The same for PowerShell: between single quotes only the single quote is special, in each form that it accepts. */
export const powershellSettings = (facts: PortFacts): string =>
  Object.entries(environment(facts))
    .map(([name, value]) => `$env:${name} = '${value.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'\n`)
    .join('');

/**
 * For a POSIX shell. The password is not in it, where every user of the machine could read it: psql takes it from
 * PGPASSWORD, or asks.
 */
export const psqlCommand = (facts: Omit<PortFacts, 'password'>): string => `psql ${shellQuote(conninfo(facts))}`;

/** Settings for libpq in one text, without the password. `passfile` names a file that holds it. */
export function conninfo({ host, port, user, database }: Omit<PortFacts, 'password'>, passfile?: string): string {
  const settings = {
    host,
    port: String(port),
    user,
    dbname: database,
    sslmode: 'disable',
    ...(passfile === undefined ? {} : { passfile }),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${settingQuote(value)}`)
    .join(' ');
}

/** A line for a password file, for any database. PostgreSQL manual, "The Password File": colons and backslashes are escaped. */
export const passfileLine = (at: {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}): string => {
  const [host, user, password] = [at.host, at.user, at.password].map((field) => field.replaceAll(/[\\:]/g, '\\$&'));
  return `${host}:${at.port}:*:${user}:${password}\n`;
};

/** POSIX.1 section 2.2.2: nothing is special between single quotes but the single quote. */
export const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
/** PostgreSQL manual, "Keyword/Value Connection Strings". */
const settingQuote = (text: string): string =>
  /^[\w.:-]+$/.test(text) ? text : `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
