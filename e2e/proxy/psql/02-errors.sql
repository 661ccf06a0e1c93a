-- Errors, where they point to, and everything that a server can say beside a result. What no grant allows (files and
-- programs of the server, roles, unknown settings) is not here: the gate answers that in words of its own.
set search_path = lab, pg_catalog;
selec 1;
select 1 +;
select * frm people;
select nope from people;
select
  id,
  nope,
  name
from people;
select 'ä€𝄞', nope from people;
select * from nowhere -- with a comment
;
select * from people where id = 'x';
select 1/0;
select add('a');
select no_such_function(1, 'two');
select 1 = 'one'::text;
select (1, 2) = (1, 2, 3);
select * from people order by 99;
select name from people group by mood;
select max(count(*)) from people;
select sum(sum(id)) over () from people;
select '{"a":'::jsonb;
select '{1,2'::int[];
select '2026-02-30'::date;
select 99999999999::int;
select 'sad'::mood;
select 101::percent;
select 'x' collate "nowhere";
select $1;
select *;
insert into people (name) values ('Amira');
insert into people (name) values ('');
insert into people (id, name) values (1, 'X');
insert into people (nme) values ('X');
insert into shifts (person, during) values (99, 'empty');
insert into shifts (person, during) values (99, '[2026-01-01,2026-01-02)');
insert into tense_people (name) values ('calm one');
update people set share = 100.01;
update people set name = repeat('x', 100), nope = 1;
delete from people using nowhere;
create table people (id int);
create table broken (id int, id int);
drop table nowhere;
drop table if exists nowhere;
alter table people drop column nope;
create index on people (nope);
create function broken() returns int language sql as 'select nope';
create function broken() returns int language plpgsql as $$ begin retrun 1; end $$;
create database elsewhere;
create extension plpython3u;
select * from shop.secrets;
update shop.late set status = 'x';
select note from shop.lines;
select pg_terminate_backend(1);
set work_mem = 'much';
show nowhere;
lock table shop.secrets;
fetch all from nobody;
close nobody;
execute nobody;
deallocate nobody;
release nobody;
do $$ begin perform 1/0; end $$;
do $$ declare a int; begin a := 'x'; end $$;
do $$
begin
  raise debug 'not shown';
  raise info 'shown';
  raise notice 'with a %', 'value' using detail = 'a detail', hint = 'a hint';
  raise warning 'careful';
  raise exception 'no' using errcode = 'P4711', detail = 'why', hint = 'what next', column = 'c', constraint = 'k', datatype = 't', table = 'tb', schema = 's';
end $$;
\errverbose
\set VERBOSITY verbose
select nope from people;
do $$ begin raise exception using message = 'verbose', errcode = 'unique_violation'; end $$;
\set VERBOSITY sqlstate
select nope from people;
\set VERBOSITY terse
select nope from people;
\set VERBOSITY default
\set SHOW_CONTEXT always
do $$ begin raise notice 'with its context'; end $$;
select shout(null::text);
do $$ begin execute 'select 1 frm x'; end $$;
do $$ begin execute 'select ' || repeat(' ', 50) || 'nope'; end $$;
do $$ begin perform lab.shout('x'), nope; end $$;
\set SHOW_CONTEXT errors
set client_min_messages = debug1;
do $$ begin raise debug 'now it is'; end $$;
set client_min_messages = error;
do $$ begin raise warning 'now it is not'; end $$;
reset client_min_messages;
select 'a very long line that psql has to shorten around the place of the error, because it does not fit', nope, 'and more text behind it, so that both ends are cut' from people;
select 1; select 2/0; select 3;
select 1 \; select 2/0 \; select 3;
insert into people (name) values ('never kept') \; select 1/0;
select count(*) from people;
begin;
select 1/0;
select 'ignored';
rollback;
create table if not exists people ();
commit;
begin;
begin;
commit;
rollback;
savepoint alone;
\errverbose
