-- What psql adds: formats, variables, conditions, generated statements, cursors behind the scenes, several statements in
-- one message. Left out, because they show what differs by nature: \conninfo (port), \watch (the time of day), LISTEN with
-- a notification (the pid of the sender), \timing.
set search_path = lab, pg_catalog;
\timing off
\pset null '∅'
select id, name, born from people order by id;
\x
select id, name, extra from people order by id limit 2;
\x auto
select * from people order by id limit 1;
\x off
\pset format unaligned
select id, name from people order by id;
\pset fieldsep ';'
\pset recordsep '#\n'
select id, name from people order by id;
\pset recordsep '\n'
\pset format csv
select id, name, tags from people order by id;
\pset format html
select id, name from people order by id;
\pset format asciidoc
select id, name from people order by id;
\pset format latex
select id, name from people order by id;
\pset format latex-longtable
select id, name from people order by id;
\pset format troff-ms
select id, name from people order by id;
\pset format wrapped
\pset columns 40
select id, name, extra, repeat('wrap me ', 8) from people order by id;
\pset format aligned
\pset border 2
\pset linestyle unicode
select id, name from people order by id;
\pset linestyle old-ascii
select E'a\nb', 1;
\pset linestyle ascii
\pset border 1
\pset tuples_only on
select 'only this';
\pset tuples_only off
\pset footer off
select 'no footer';
\pset footer on
\pset title 'A title'
select 1;
\pset title
\pset numericlocale on
select 1234567.891;
\pset numericlocale off
\pset
\a
select 1, 2;
\a
\t
select 1, 2;
\t
\set who Amira
select id from people where name = :'who';
select :who;
select 1 as a, 'two' as "B c" \gset got_
\echo :got_a :"got_B c"
select null as nothing, 2 as many union all select 1, 2 \gset
select 1 where false \gset
select 'select ' || i || ' as generated' from generate_series(1, 3) i \gexec
select 'create table made_' || i || ' (id int)' from generate_series(1, 2) i \gexec
select 'drop table made_' || i from generate_series(1, 3) i \gexec
select mood, retired, count(*) from people group by 1, 2 order by 1, 2 \crosstabview mood retired count
select 1, 2 \crosstabview
select name, born from people order by id \gx
select name, tags, extra, share, home from people \gdesc
select nope from people \gdesc
insert into people (name) values ('x') \gdesc
select id from people order by id desc \g | sort
select id from people order by id \g 'ids.txt'
\! cat ids.txt
select id from people order by id \g (format=csv tuples_only=on)
\o 'out.txt'
select 'to a file';
\qecho 'to the file too'
\o
\! cat out.txt
\warn on the error stream
\set FETCH_COUNT 3
select i, i * 2 from generate_series(1, 10) i;
select i / (i - 5) from generate_series(1, 10) i;
select 1 where false;
insert into people (name) select 'f' || i from generate_series(1, 4) i returning name;
delete from people where name like 'f_' returning name;
with w as (select 1) select * from w;
\unset FETCH_COUNT
select 1 \; select 2, 'two' \; select;
\set SHOW_ALL_RESULTS off
select 1 \; select 2;
\set SHOW_ALL_RESULTS on
begin \; insert into people (name) values ('multi') returning name \; commit;
delete from people where name = 'multi' \; select count(*) from people;
select 1; select 2; -- two on one line
;
;;
\set ON_ERROR_ROLLBACK on
begin;
select 1/0;
select 'saved by a savepoint';
commit;
\set ON_ERROR_ROLLBACK off
\set AUTOCOMMIT off
insert into people (name) values ('not yet');
select count(*) from people;
rollback;
select count(*) from people;
commit;
\set AUTOCOMMIT on
\set ECHO queries
select 'echoed';
\set ECHO errors
select nope;
\set ECHO none
\set ECHO_HIDDEN on
\dn lab
\set ECHO_HIDDEN off
\set SINGLELINE on
select 'single line'
\set SINGLELINE off
\if true
select 'taken';
\elif true
select 'not taken';
\else
select 'nor this';
\endif
\echo :ROW_COUNT :ERROR :SQLSTATE :LAST_ERROR_SQLSTATE
select 1/0;
\echo :ERROR :SQLSTATE :LAST_ERROR_MESSAGE
\set COMP_KEYWORD_CASE lower
\set HIDE_TABLEAM on
\d people
\p
\r
select 1
\p
\r
\w 'buffer.sql'
\setenv VITRINE_SEEN yes
\getenv seen VITRINE_SEEN
\echo :seen
\encoding UTF8
\nowhere
\copyright
select 'last' as word \gset
select :'word';
