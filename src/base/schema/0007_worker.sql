-- A worker's life is a number that moves, so that neither a clock that jumps nor a database that was away makes anybody dead.
-- `id` is the name under which the process takes jobs. `errors`: how often each of its background loops failed.
alter table base.worker
  add beats  bigint not null default 0,
  add errors jsonb  not null default '{}';
