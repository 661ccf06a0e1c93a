-- The role's own schema: tables, types, functions and views that the scripts after this one use. The test drops the
-- schema before each of the two runs, so both begin with nothing.
\set VERBOSITY default
set search_path = lab, pg_catalog;
create type mood as enum ('calm', 'tense', 'on fire');
create type money_range as range (subtype = numeric);
create type place as (street text, house int, "odd name" text[]);
create domain percent as numeric(5,2) check (value between 0 and 100);
create sequence ticket_no start 1000 increment 7;
create table people (
  id int generated always as identity primary key,
  name text not null unique check (length(name) > 0),
  mood mood not null default 'calm',
  born date,
  share percent,
  home place,
  tags text[] not null default '{}',
  extra jsonb
);
comment on table people is 'Who was on call — “everybody”';
comment on column people.share is 'of the pager''s nights';
create table shifts (
  id bigint primary key default nextval('ticket_no'),
  person int not null references people (id) on delete cascade on update restrict,
  during tstzrange not null,
  note varchar(40),
  paid money_range,
  constraint sane check (not isempty(during))
);
create index shifts_person on shifts (person) where note is not null;
create unique index shifts_expr on shifts (lower(note), (person + 1) desc nulls last);
create table measurements (at timestamptz not null, sensor int not null, value double precision) partition by range (at);
create table measurements_2025 partition of measurements for values from ('2025-01-01') to ('2026-01-01');
create table measurements_2026 partition of measurements for values from ('2026-01-01') to ('2027-01-01');
create table measurements_else partition of measurements default;
create view tense_people as select id, name from people where mood <> 'calm' with check option;
create materialized view mood_counts as select mood, count(*) from people group by mood with no data;
create function add(a int, b int default 1) returns int language sql immutable as 'select a + b';
create function shout(inout word text, out size int) language plpgsql stable as $function$
begin
  -- a comment with a quote ' and a dollar $
  word := upper(word) || '!';
  size := length(word);
end
$function$;
create procedure settle(wanted mood) language plpgsql as $$
begin
  update lab.people set mood = wanted where mood <> wanted;
  raise notice 'settled to %', wanted;
end $$;
create aggregate longest (text) (sfunc = textcat, stype = text, initcond = '');
create function stamp() returns trigger language plpgsql as $$ begin new.note := coalesce(new.note, 'none'); return new; end $$;
create trigger shifts_stamp before insert or update of note on shifts for each row execute function stamp();
create rule no_delete as on delete to measurements_else do instead nothing;
alter table people add column if not exists retired boolean;
alter table people add column if not exists retired boolean;
alter table people alter column retired set default false;
insert into people (name, mood, born, share, home, tags, extra) values
  ('Amira', 'tense', '1990-02-28', 33.33, row('Main St', 5, array['a "quoted"', null, 'c,d']), '{oncall,"two words"}', '{"a": [1, 2, {"b": null}], "é": "ü"}'),
  ('Li Na', 'calm', '1985-12-31', 66.67, null, '{}', null),
  ('Ingrid "I" Solheim', 'on fire', null, null, row(null, null, null), array[null]::text[], '[]'),
  (E'tab\there', 'calm', 'infinity', 0, row('', 0, '{}'), '{"\\","\""}', '"text"')
  returning id, name;
insert into shifts (person, during, note, paid) values
  (1, '[2026-01-01 00:00+00, 2026-01-01 08:00+00)', 'quiet', '[10,20)'),
  (1, '[2026-01-02 00:00+00,)', null, 'empty'),
  (2, '(,2026-01-01 00:00+00)', 'the long one', '(,5]') returning *;
insert into measurements select timestamptz '2025-12-31 00:00+00' + i * interval '1 hour', i % 3, i / 7.0 from generate_series(0, 60) i;
refresh materialized view mood_counts;
