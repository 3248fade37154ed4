-- Alerts, the cases they are worked on in, and the clocks that pass a case up when nobody answers.
create schema response;
grant usage on schema response to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;

-- How long a tier has to acknowledge and to answer. A case keeps what applied when its clock started.
create table response.clock_policy (
  severity            smallint primary key check (severity between 1 and 4),
  acknowledge_seconds int not null check (acknowledge_seconds between 5 and 2592000),
  answer_seconds      int not null check (answer_seconds between 5 and 2592000)
);
-- docs/decisions/0006-alerts-join-cases.md says where these come from.
insert into response.clock_policy values (4, 600, 7200), (3, 1800, 18000), (2, 14400, 172800), (1, 86400, 432000);

-- ── Cases ────────────────────────────────────────────────────────────────────────────────────────────────────────
create table response.case (
  id           int generated always as identity primary key,
  branch_id    int not null,
  region_id    int not null,
  title        text not null,
  category     text not null,
  severity     smallint not null check (severity between 1 and 4),
  state        text not null default 'open' check (state in ('open', 'acknowledged', 'handling', 'answered', 'closed')),
  holder       text not null check (holder in ('branch', 'region', 'headquarters')),
  handler_id   int references access.person (id),
  -- Kept beside the number, as people of other tiers may see the case but not the person.
  handler_name text,
  outcome      text check (outcome in ('resolved', 'explained', 'refuted', 'false_alarm')),
  demo         boolean not null default false,
  opened_at    timestamptz(3) not null default statement_timestamp(),
  -- Moves with every step that a person should have seen before taking the next; joining alerts and heat leave it alone.
  updated_at   timestamptz(3) not null default statement_timestamp(),
  last_alert_at timestamptz(3) not null default statement_timestamp(),
  -- Who acknowledged at the tier that holds the case now, and when the case was acknowledged at all first.
  acknowledged_by       int references access.person (id),
  first_acknowledged_at timestamptz(3),
  answered_at  timestamptz(3),
  closed_at    timestamptz(3),
  -- How often a clock passed it up; whether one ran out since anybody last took it on.
  escalations  int not null default 0,
  missed       boolean not null default false,
  alerts       int not null default 0,
  heat         int not null default 0,
  -- The clock: what it waits for, when that is due, when it strikes next (a reminder strikes after its due time), which clock of this case
  -- it is, how often headquarters was reminded, and the limits it runs by.
  awaiting     text check (awaiting in ('acknowledge', 'answer')),
  due_at       timestamptz(3),
  strikes_at   timestamptz(3),
  clock        int not null default 1,
  reminders    int not null default 0,
  acknowledge_seconds int not null,
  answer_seconds      int not null,
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade,
  unique (id, branch_id, region_id),
  check ((handler_id is null) = (handler_name is null)),
  check ((state = 'closed') = (closed_at is not null)),
  -- A case that waits for somebody has a clock, and no other has one.
  constraint case_has_its_clock check (
    case state when 'open' then 'acknowledge' when 'acknowledged' then 'answer' when 'handling' then 'answer' end is not distinct from awaiting
    and (awaiting is null) = (due_at is null) and (awaiting is null) = (strikes_at is null))
);
create index on response.case (opened_at desc, id desc);
create index on response.case (branch_id, opened_at desc, id desc);
create index on response.case (region_id, opened_at desc, id desc);
create index on response.case (strikes_at) where strikes_at is not null;
create index on response.case (branch_id, category, last_alert_at desc) where awaiting is not null;
create index on response.case (branch_id, due_at, id) where due_at is not null;
create index on response.case (region_id, due_at, id) where due_at is not null;
create index on response.case (due_at, id) where due_at is not null;
create index on response.case (branch_id, state) where state <> 'closed';
create index on response.case (region_id, state) where state <> 'closed';
create index on response.case (state) where state <> 'closed';
create index on response.case (closed_at desc) where closed_at is not null;
create index on response.case (handler_id) where handler_id is not null;

-- A signal: one mention that called for somebody. It belongs to one case.
create table response.alert (
  id         bigint generated always as identity primary key,
  mention_id bigint not null unique references monitoring.mention (id),
  case_id    int not null,
  branch_id  int not null,
  region_id  int not null,
  severity   smallint not null,
  heat       int not null,
  raised_at  timestamptz(3) not null default clock_timestamp(),
  foreign key (case_id, branch_id, region_id) references response.case (id, branch_id, region_id) on update cascade
);
create index on response.alert (case_id, raised_at desc);
create index on response.alert (branch_id);
create index on response.alert (region_id);

-- The timeline of a case. Rows are only ever added.
create table response.case_event (
  id        bigint generated always as identity primary key,
  case_id   int not null,
  branch_id int not null,
  region_id int not null,
  at        timestamptz(3) not null default clock_timestamp(),
  kind      text not null check (kind in ('opened', 'alert_joined', 'acknowledged', 'taken', 'noted', 'answered', 'closed', 'reopened',
    'passed_up', 'escalated', 'taken_over', 'handed_back', 'severity_raised', 'notified')),
  -- Null when the clock or the system did it.
  person_id int references access.person (id),
  person    text,
  unit      text,
  text      text,
  facts     jsonb not null default '{}',
  -- The clock whose striking this tells of.
  clock     int,
  foreign key (case_id, branch_id, region_id) references response.case (id, branch_id, region_id) on update cascade
);
create index on response.case_event (case_id, id);
create index on response.case_event (branch_id);
create index on response.case_event (region_id);
-- A clock strikes once, whoever sweeps and whatever is killed.
create unique index clock_strikes_once on response.case_event (case_id, clock) where clock is not null;

-- A name stands in the timeline as it was at the time, and only under a number that is the person's own.
create function response.name_person() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  if tg_table_name = 'case_event' then
    new.person := null;
    new.unit := null;
    select person.name, unit.name into new.person, new.unit
      from access.person join access.unit on unit.id = person.unit_id where person.id = new.person_id;
  else
    -- A person puts only themselves on a case: another's number would tell whether somebody out of sight exists, and their name.
    if session_user in ('anlan_branch', 'anlan_region', 'anlan_group', 'anlan_several')
       and (new.handler_id is distinct from old.handler_id and coalesce(new.handler_id <> access.person_asking(), new.handler_id is not null)
         or new.acknowledged_by is distinct from old.acknowledged_by
           and coalesce(new.acknowledged_by <> access.person_asking(), new.acknowledged_by is not null)) then
      raise exception 'in nobody else''s name' using errcode = 'insufficient_privilege';
    end if;
    new.handler_name := (select person.name from access.person where person.id = new.handler_id);
  end if;
  return new;
end $$;
create trigger name_person before insert on response.case_event for each row execute function response.name_person();
create trigger name_person before insert or update of handler_id, acknowledged_by on response.case for each row execute function response.name_person();

-- ── Policies and grants ──────────────────────────────────────────────────────────────────────────────────────────
call access.protect('response.case', 'select', 'response.read', 'response.handle', 'response.take_over');
call access.protect('response.case', 'insert', 'response.handle');
call access.protect('response.case', 'update', 'response.handle', 'response.take_over');
grant select, insert, update on response.case to anlan_worker;
grant select,
  insert (branch_id, region_id, title, category, severity, state, holder, handler_id, demo, first_acknowledged_at, acknowledged_by, alerts, heat,
    awaiting, due_at, strikes_at, acknowledge_seconds, answer_seconds),
  update (severity, state, holder, handler_id, outcome, updated_at, acknowledged_by, first_acknowledged_at, answered_at, closed_at,
    awaiting, due_at, strikes_at, clock, reminders, missed, acknowledge_seconds, answer_seconds)
  on response.case to anlan_branch, anlan_region, anlan_group, anlan_several;

call access.protect('response.alert', 'select', 'response.read', 'response.handle', 'response.take_over');
call access.protect('response.alert', 'insert', 'response.handle');
-- A mention out of sight and one that is not there are refused alike.
create policy alert_in_sight on response.alert as restrictive for insert to anlan_branch, anlan_region, anlan_group, anlan_several
  with check (exists (select from monitoring.mention where mention.id = mention_id and mention.branch_id = alert.branch_id));
grant select, insert, update (heat) on response.alert to anlan_worker;
create policy alert_update_worker on response.alert for update to anlan_worker using (true) with check (true);
grant select, insert (mention_id, case_id, branch_id, region_id, severity, heat) on response.alert
  to anlan_branch, anlan_region, anlan_group, anlan_several;

call access.protect('response.case_event', 'select', 'response.read', 'response.handle', 'response.take_over');
call access.protect('response.case_event', 'insert', 'response.handle', 'response.take_over');
create policy case_event_own on response.case_event as restrictive for insert to anlan_branch, anlan_region, anlan_group, anlan_several
  with check (person_id is null or person_id = (select access.person_asking()));
grant select, insert on response.case_event to anlan_worker;
grant select, insert (case_id, branch_id, region_id, kind, person_id, text, facts) on response.case_event
  to anlan_branch, anlan_region, anlan_group, anlan_several;

-- The time limits hold for the whole group, so headquarters alone sets them.
alter table response.clock_policy enable row level security, force row level security;
create policy clock_policy_read on response.clock_policy for select to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker using (true);
create policy clock_policy_manage on response.clock_policy for update to anlan_group
  using ((select access.asking_for('response.manage'))) with check ((select access.asking_for('response.manage')));
create policy clock_policy_work on response.clock_policy for update to anlan_worker using (true) with check (true);
grant select on response.clock_policy to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;
grant update (acknowledge_seconds, answer_seconds) on response.clock_policy to anlan_group, anlan_worker;

grant usage, create on schema response to anlan_definer;
alter function response.name_person owner to anlan_definer;
revoke create on schema response from anlan_definer;
revoke execute on all functions in schema response from public;
