-- Secrets of a webhook are renewed with an overlap: one holds until a day after the next was made (webhook.ts).
alter table monitoring.source_secret drop constraint source_secret_pkey;
alter table monitoring.source_secret add column id bigint generated always as identity primary key,
  add column created_at timestamptz(3) not null default now();
create index on monitoring.source_secret (source_id, branch_id);
create policy source_secret_end on monitoring.source_secret for delete to anlan_worker using (true);
grant delete on monitoring.source_secret to anlan_worker;

-- Signatures that were taken in lately: none is taken twice.
create table monitoring.webhook_call (
  source_id int not null references monitoring.source (id) on delete cascade,
  signature text not null,
  at        timestamptz(3) not null default now(),
  primary key (source_id, signature)
);
create index on monitoring.webhook_call (at);
alter table monitoring.webhook_call enable row level security, force row level security;
create policy webhook_call_work on monitoring.webhook_call for all to anlan_worker using (true) with check (true);
grant select, insert, delete on monitoring.webhook_call to anlan_worker;
