-- COPY in every direction and format that psql can do, right and wrong; large objects, which use the FunctionCall message.
set search_path = lab, pg_catalog;
copy (select id, name, tags from people order by id) to stdout;
copy people (id, name) to stdout with (format csv, header, force_quote *, null 'NIL');
copy (select 1, null, 'a,b', E'c\td') to stdout (format csv, delimiter E'\t', quote '''');
copy (select '\xdead'::bytea, 1.5, 'ü') to stdout (format text, delimiter '|');
\copy (select name, mood from people order by id) to stdout
\copy (select generate_series(1, 3)) to stdout csv header
create temp table inbox (n int primary key, word text default 'none', at date);
copy inbox (n, word) from stdin;
1	one
2	\N
3	tab\tand\\slash
\.
copy inbox from stdin (delimiter '|', null 'NIL', default 'DEF');
4|with "quotes", and\na line end|2026-01-01
5|NIL|NIL
55|DEF|2026-01-05
\.
select * from inbox order by n;
copy inbox (n) from stdin;
6
seven
8
\.
copy inbox (n) from stdin;
1
\.
copy inbox (n, word) from stdin;
9
\.
select count(*) from inbox;
copy inbox (n) from stdin;
\.
copy inbox (n) from stdin (on_error ignore, log_verbosity verbose);
20
x
21
\.
copy inbox (n, at) from stdin where n > 30;
30	2026-01-01
31	2026-01-02
\.
\copy inbox (n, word) from stdin
40	forty
41	forty "one"
\.
select * from inbox where n >= 20 order by n;
\copy inbox to 'inbox.txt'
\copy inbox to 'inbox.bin' (format binary)
\copy (select * from inbox order by n) to 'inbox.csv' csv header
truncate inbox;
\copy inbox from 'inbox.txt'
select count(*) from inbox;
truncate inbox;
\copy inbox from 'inbox.bin' (format binary)
select count(*), sum(n) from inbox;
truncate inbox;
\copy inbox from 'inbox.csv' with (format csv, header match)
select count(*), sum(n) from inbox;
\copy inbox from 'nowhere.csv' csv
\copy inbox to program 'sort | tail -n 2'
\copy inbox from 'inbox.csv' csv
\copy inbox (nope) from 'inbox.txt'
\copy (select i, repeat('x', 200) from generate_series(1, 20000) i) to 'bulk.txt'
create temp table bulk (n int, word text);
\copy bulk from 'bulk.txt'
select count(*), sum(length(word)) from bulk;
begin;
copy inbox (n) from stdin;
100
\.
select 1/0;
\copy inbox (n) from 'inbox.txt'
rollback;
copy inbox (n) from stdin \; select 'behind a COPY' as word;
200
\.
copy (select 1) to stdout \; copy (select 2) to stdout \; select 3;
copy (insert into inbox (n) values (300) returning n, word) to stdout;
copy inbox to stdout (format nonsense);
copy (select 1 to stdout;
select count(*) from inbox;
\copy inbox to 'large object.txt'
\set QUIET on
\lo_import 'inbox.csv'
\set first :LASTOID
\lo_export :first 'exported.csv'
select length(lo_get(:first));
\lo_unlink :first
\lo_unlink 1
\set QUIET off
\! cmp inbox.csv exported.csv && echo same
