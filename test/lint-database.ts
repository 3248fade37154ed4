import type pg from 'pg'

type Query = (sql: string) => Promise<pg.QueryResultRow[]>

/** Our schemas: what is neither PostgreSQL's own nor the queue's. */
const ours = `nspname not like 'pg\\_%' and nspname not in ('information_schema', 'graphile_worker', 'public')`
const tiers = `('anlan_branch', 'anlan_region', 'anlan_group', 'anlan_several')`
const logins = `(select oid from pg_roles where rolname like 'anlan\\_%' and rolcanlogin)`

/** Each rule as a query of its breaches: one column, `what`. */
const rules: Readonly<Record<string, string>> = {
  'a table without forced row-level policies': `
    select c.oid::regclass::text as what from pg_class c join pg_namespace n on n.oid = relnamespace
    where ${ours} and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)`,
  'a view that sees with its owner’s eyes': `
    select c.oid::regclass::text as what from pg_class c join pg_namespace n on n.oid = relnamespace join pg_roles o on o.oid = relowner
    where ${ours} and relkind = 'v' and rolname <> 'anlan_definer'
      and not coalesce(reloptions, '{}') && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1']`,
  'a materialised view': `
    select c.oid::regclass::text as what from pg_class c join pg_namespace n on n.oid = relnamespace where ${ours} and relkind = 'm'`,
  'a definer function that everybody may run': `
    select p.oid::regprocedure::text as what from pg_proc p join pg_namespace n on n.oid = pronamespace
    where ${ours} and prosecdef and has_function_privilege('public', p.oid, 'execute')`,
  'a definer function whose names can be bent': `
    select p.oid::regprocedure::text as what from pg_proc p join pg_namespace n on n.oid = pronamespace
    where ${ours} and prosecdef and not exists (select from unnest(proconfig) c where c in ('search_path=pg_catalog', 'search_path=""'))`,
  'a definer function of a login or of a superuser': `
    select p.oid::regprocedure::text as what from pg_proc p join pg_namespace n on n.oid = pronamespace join pg_roles o on o.oid = proowner
    where ${ours} and prosecdef and rolname <> 'anlan_definer' and p.oid <> 'base.record_fact(text, json)'::regprocedure`,
  'a login that is more than a login': `
    select rolname as what from pg_roles where oid in ${logins} and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)`,
  'a role that somebody is a member of': `
    select m.roleid::regrole || ' → ' || m.member::regrole as what from pg_auth_members m
    where m.member in ${logins} or m.roleid in (select oid from pg_roles where rolname like 'anlan\\_%') and m.member not in
      (select oid from pg_roles where rolsuper)`,
  'a definer that can log in': `select rolname as what from pg_roles where rolname = 'anlan_definer' and rolcanlogin`,
  'something that belongs to a login': `
    select d.refobjid::regrole || ': ' || pg_describe_object(classid, objid, objsubid) as what from pg_shdepend d
    where deptype = 'o' and refobjid in ${logins} and dbid = (select oid from pg_database where datname = current_database())
      and not (refobjid = 'anlan_worker'::regrole and (pg_describe_object(classid, objid, objsubid) ~ 'graphile_worker'
        or objid = 'base.record_fact(text, json)'::regprocedure))`,
  'a privilege that goes around policies': `
    select grantee::regrole || ' ' || privilege_type || ' ' || c.oid::regclass as what
    from pg_class c join pg_namespace n on n.oid = relnamespace, aclexplode(relacl)
    where ${ours} and (grantee = 0 or grantee in ${logins}) and (grantee = 0 or privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'))`,
  'a schema or database in which a login may make things': `
    select nspname || ' ' || r.rolname as what from pg_namespace n, pg_roles r
    where (${ours} or nspname = 'public') and r.oid in ${logins} and has_schema_privilege(r.oid, n.oid, 'create')
    union all select 'temp ' || rolname from pg_roles r where oid in ${logins} and has_database_privilege(oid, current_database(), 'temp')
    union all select 'create ' || rolname from pg_roles r where oid in ${logins} and has_database_privilege(oid, current_database(), 'create')`,
  'two permissive policies that add up': `
    select tablename || ' ' || command || ' ' || role as what from pg_policies, unnest(roles) role,
      unnest(case cmd when 'ALL' then array['SELECT', 'INSERT', 'UPDATE', 'DELETE'] else array[cmd] end) command
    where ${ours.replaceAll('nspname', 'schemaname')} and permissive = 'PERMISSIVE' and role in ${tiers}
    group by schemaname, tablename, command, role having count(*) > 1`,
  'a policy for everybody': `
    select tablename || ' ' || policyname as what from pg_policies where ${ours.replaceAll('nspname', 'schemaname')} and 'public' = any (roles)`,
  'a privilege of a tier without a policy': `
    select c.oid::regclass || ' ' || privilege || ' ' || role as what
    from pg_class c join pg_namespace n on n.oid = relnamespace, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) privilege,
      (select rolname as role from pg_roles where rolname in ${tiers}) tier
    where ${ours} and relkind = 'r' and (has_table_privilege(role, c.oid, privilege)
        or privilege <> 'DELETE' and has_any_column_privilege(role, c.oid, privilege))
      and not exists (select from pg_policies p where p.schemaname = nspname and p.tablename = relname and permissive = 'PERMISSIVE'
        and role = any (p.roles) and p.cmd in (privilege, 'ALL'))`,
  'a writing policy of a tier that names no right and no person': `
    select tablename || ' ' || policyname as what from pg_policies where ${ours.replaceAll('nspname', 'schemaname')}
      and permissive = 'PERMISSIVE' and cmd <> 'SELECT' and roles::text[] && array['anlan_branch', 'anlan_region', 'anlan_group', 'anlan_several']
      and coalesce(with_check, qual) !~ 'asking_for|person_asking'`,
}

/** What in this database is not as every database of ours must be, each in a sentence. */
export async function lintDatabase(query: Query): Promise<string[]> {
  const found: string[] = []
  for (const [rule, sql] of Object.entries(rules)) for (const { what } of await query(sql)) found.push(`${rule}: ${String(what)}`)
  return found
}

/**
 * Unique keys and foreign keys with which a tier can ask whether a row out of sight exists: a key that it may write and that does not
 * hold the row's own branch. `table (columns)` each.
 */
export async function existenceOracles(query: Query): Promise<string[]> {
  const rows = await query(`
    with keys as (
      select indrelid as table_id, indkey::int2[] as columns, 'unique' as sort from pg_index where indisunique
      union all
      select conrelid, conkey, 'foreign key' from pg_constraint
      where contype = 'f' and confrelid in (
        select (quote_ident(schemaname) || '.' || quote_ident(tablename))::regclass from pg_policies
        where cmd in ('SELECT', 'ALL') and 'anlan_branch' = any (roles) and qual <> 'true'))
    select distinct c.oid::regclass::text as "table", sort,
      (select string_agg(attname, ', ' order by attname) from pg_attribute where attrelid = c.oid and attnum = any (columns)) as columns
    from keys join pg_class c on c.oid = table_id join pg_namespace n on n.oid = relnamespace
    where ${ours} and has_any_column_privilege('anlan_branch', c.oid, 'insert, update')
      and not exists (select from pg_attribute where attrelid = c.oid and attnum = any (columns) and attname in ('branch_id', 'region_id'))
      and not exists (select from pg_attribute where attrelid = c.oid and attnum = any (columns)
        and not (has_column_privilege('anlan_branch', c.oid, attnum, 'insert') or has_column_privilege('anlan_branch', c.oid, attnum, 'update')))
    order by 1, 2, 3`)
  return rows.map(({ table, sort, columns }) => `${sort} ${table} (${columns})`)
}
