-- What a read grant refuses before it is sent, in every shape that psql can give it; the connection stays usable.
\set VERBOSITY sqlstate
insert into lab.people (name) values ('x');
update lab.people set name = 'x' where id = 1;
delete from lab.people where id = 1;
with gone as (delete from lab.people returning id) select * from gone;
explain analyze delete from lab.people;
prepare d as delete from lab.people where id = $1;
create table lab.x (id int);
create temp table x as select 1;
select 1 as id into lab.x;
drop table lab.people;
alter table lab.people add column x int;
truncate lab.people;
comment on table lab.people is 'x';
refresh materialized view lab.mood_counts;
merge into lab.people p using (values (1)) v (id) on p.id = v.id when matched then delete;
\copy lab.people (name) from '/dev/null'
insert into lab.people (name) values ('x') \gdesc
select 1 \; delete from lab.people \; select 2;
select 'delete from lab.people' \gexec
\set FETCH_COUNT 1
delete from lab.people returning id;
\unset FETCH_COUNT
set role postgres;
set session authorization postgres;
set statement_timeout = 0;
begin;
delete from lab.people;
select 'still here';
commit;
