/** Tables of the rooms ledger and identity. */
import { sql } from 'kysely';
import type { NamedMigration } from './migrate.ts';

const statements = (text: string): NamedMigration['up'] => {
  return async (tx) => {
    await sql.raw(text).execute(tx);
  };
};

const ledger = statements(`
  create table ledger_entries (
    index bigint primary key,
    line text not null,
    leaf bytea not null,
    typ text not null,
    gid text,
    sid text,
    seq bigint,
    intent text,
    received_at timestamptz not null,
    unique (sid, seq)
  );
  create index on ledger_entries (gid, index);
  create index on ledger_entries (typ, index) where typ in ('policy', 'alert');
  create index on ledger_entries (intent) where intent is not null;
  create table ledger_tiles (
    level int not null,
    n bigint not null,
    hashes bytea not null,
    root bytea not null,
    primary key (level, n)
  );
  alter table ledger_tiles alter column hashes set storage external;
  create table ledger_checkpoints (
    size bigint primary key,
    root bytea not null,
    note text not null,
    at timestamptz not null
  );
  create function ledger_is_append_only() returns trigger language plpgsql as $$
  begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'integrity_constraint_violation';
  end $$;
  create trigger append_only before update or delete or truncate on ledger_entries
    for each statement execute function ledger_is_append_only();
  create trigger append_only before update or delete or truncate on ledger_tiles
    for each statement execute function ledger_is_append_only();
  create trigger append_only before update or delete or truncate on ledger_checkpoints
    for each statement execute function ledger_is_append_only();
  create table sessions (
    sid text primary key,
    gid text not null,
    sub text not null,
    jkt text not null,
    pub jsonb not null,
    devn bigint not null,
    next_seq bigint not null,
    head text not null,
    opened bigint not null,
    closed bigint,
    received_at timestamptz not null
  );
  create index on sessions (gid);
  create table forks (
    sid text not null,
    seq bigint not null,
    leaf text not null,
    line text not null,
    kind text not null,
    at timestamptz not null,
    primary key (sid, seq, leaf)
  );
  create table policies (
    hash text primary key,
    body text not null,
    at timestamptz not null
  );
  create table disclosures (
    intent text primary key,
    sid text not null,
    sealed bytea not null,
    received_at timestamptz not null
  );
`);

const identity = statements(`
  create table devices (
    jkt text primary key,
    sub text not null,
    jwk jsonb not null,
    name text not null,
    os text not null,
    app text not null,
    enrolled_at timestamptz not null,
    seen_at timestamptz not null,
    revoked_at timestamptz
  );
  create index on devices (sub);
  create table jwks_snapshots (
    hash text primary key,
    issuer text not null,
    body text not null,
    at timestamptz not null
  );
  create table id_tokens (
    idt text primary key,
    token text not null,
    sub text not null,
    jkt text,
    salt text,
    jwks text not null references jwks_snapshots (hash),
    auth_time timestamptz,
    received_at timestamptz not null
  );
  create table people (
    sub text primary key,
    name text not null,
    email text,
    groups jsonb not null,
    seen_at timestamptz not null
  );
  create table web_logins (
    id text primary key,
    state text not null,
    nonce text not null,
    verifier text not null,
    return_to text not null,
    created_at timestamptz not null
  );
  create table web_sessions (
    id text primary key,
    sub text not null,
    idt text not null,
    auth_time timestamptz,
    created_at timestamptz not null,
    expires_at timestamptz not null
  );
  create table dpop_jti (
    jkt text not null,
    jti text not null,
    at timestamptz not null,
    primary key (jkt, jti)
  );
  create index on dpop_jti (at);
`);

export const core: readonly NamedMigration[] = [
  { name: 'core-001-ledger', up: ledger },
  { name: 'core-002-identity', up: identity },
];
