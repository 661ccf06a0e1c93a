-- Reads only. What psql itself asks the catalog: \d and its friends.
set search_path = lab, pg_catalog;
\d
\d people
\d+ people
\d shifts
\d+ shifts
\d measurements
\d+ measurements
\d measurements_2026
\d tense_people
\d+ tense_people
\d mood_counts
\d people_pkey
\d shifts_expr
\d ticket_no
\d place
\d nowhere
\d "odd "" name"
\d shop.*
\d lab.p*
\dt
\dt shop.*
\dtvs lab.*
\dv+ tense_people
\dm
\ds
\di
\dE
\dn
\dn+ lab
\df lab.*
\df+ lab.add
\dfn lab.s*
\dfp
\dft
\da lab.*
\dp
\dp lab.people
\ddp
\dT lab.*
\dT+ lab.mood
\dD
\dD+ lab.percent
\dc lab.*
\dC int4
\dd lab.people
\do+ pg_catalog.<->
\dO pg_catalog.C
\dL
\du
\du+ breaker
\dg
\drds
\l
\l shop
\db
\dx
\dx+ plpgsql
\dy
\dF simple
\dFd simple
\dFp default
\dFt simple
\dew
\des
\deu
\det
\dRp
\dRs
\dX
\dP
\dPti
\dA
\dAc btree int4
\dAf btree int4
\dAo btree integer_ops
\dAp btree integer_ops
\dconfig work_mem
\dconfig *_timeout
\dl
\sf lab.add(int,int)
\sf+ lab.shout
\sf lab.nowhere
\sv lab.tense_people
\sv+ lab.tense_people
\z people
\dS pg_class
\dfS pg_catalog.pg_sleep
\encoding
\h release savepoint
select relname, relkind, reltuples >= -1 from pg_class where relnamespace = 'lab'::regnamespace order by 1;
select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'lab.people'::regclass and attnum > 0 order by attnum;
select conname, contype, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'lab'::regnamespace order by 1;
select pg_get_viewdef('lab.tense_people'::regclass, true), pg_get_functiondef('lab.add'::regproc);
select table_schema, table_name, privilege_type from information_schema.role_table_grants where table_schema in ('lab', 'shop') and grantee = 'breaker' order by 1, 2, 3;
select column_name, data_type, is_nullable from information_schema.columns where table_schema = 'lab' and table_name = 'people' order by ordinal_position;
select has_table_privilege('shop.secrets', 'select'), has_column_privilege('shop.lines', 'note', 'select'), has_schema_privilege('lab', 'create');
