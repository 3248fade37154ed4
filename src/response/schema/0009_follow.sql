-- What follows a change follows it everywhere: severity and heat, people and units, corrections. docs/decisions says why.

-- ── Cases ────────────────────────────────────────────────────────────────────────────────────────────────────────
-- A title held words of a post, and whoever read cases read them. It is now made when it is shown, for who may read the post.
alter table response.case drop column title;
alter table response.case
  -- The lowest tier that may act: below the holder after a clock passed the case up, until somebody above takes it on.
  add column acts_from text check (acts_from in ('branch', 'region', 'headquarters')),
  -- Counts the steps of a case, so that who hears of them out of order can tell.
  add column sequence int not null default 1,
  -- How often it had been said when it was last answered or closed: what is said beyond that is new.
  add column heat_settled int,
  -- When whoever answered is asked again to close.
  add column close_due_at timestamptz(3),
  -- What the last correction leaves to be done: close as not ours, or as harmless.
  add column offer text check (offer in ('not_ours', 'harmless')),
  -- Its unit came under another region while the region held it: those on duty there have not been told.
  add column rehomed boolean not null default false;
update response.case c set
  acts_from = case when c.state = 'open' and c.escalations > 0 and unit.kind = 'branch' then 'branch' else c.holder end,
  missed = c.missed or c.escalations > 0 or c.reminders > 0,
  close_due_at = case when c.state = 'answered' then statement_timestamp() + interval '1 day' end,
  heat_settled = case when c.state in ('answered', 'closed') then (
    select coalesce(sum(mention.heat), 0) from response.alert join monitoring.mention on mention.id = mention_id where case_id = c.id) end
  from access.unit where unit.id = c.branch_id;
alter table response.case alter column acts_from set not null;
alter table response.case drop constraint case_outcome_check;
alter table response.case add constraint case_outcome_check
  check (outcome in ('resolved', 'explained', 'refuted', 'false_alarm', 'not_ours'));
comment on column response.case.missed is 'a clock of this case ran out at some time';
create index on response.case (id) where rehomed;
create index on response.case (close_due_at) where close_due_at is not null;
grant insert (acts_from), update (acts_from, sequence, heat_settled, close_due_at, offer)
  on response.case to anlan_branch, anlan_region, anlan_group, anlan_several;

-- A foreign key moves the case along when its unit moves.
create function response.rehome() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  new.rehomed := new.holder = 'region' and new.state <> 'closed';
  return new;
end $$;
revoke execute on function response.rehome from public;
create trigger rehome before update of region_id on response.case for each row
  when (old.region_id is distinct from new.region_id) execute function response.rehome();

-- ── Alerts ───────────────────────────────────────────────────────────────────────────────────────────────────────
-- An alert ends when its mention turns out to be another unit's or nobody's here. A mention has one that stands.
alter table response.alert add column ended_at timestamptz(3);
alter table response.alert drop constraint alert_mention_id_key;
create unique index alert_stands_once on response.alert (mention_id) where ended_at is null;
create index on response.alert (mention_id);
create index on response.alert (case_id, severity desc, id) where ended_at is null;
grant update (severity, ended_at) on response.alert to anlan_worker;

-- ── The timeline ─────────────────────────────────────────────────────────────────────────────────────────────────
alter table response.case_event drop constraint case_event_kind_check;
alter table response.case_event add constraint case_event_kind_check check (kind in ('opened', 'alert_joined', 'acknowledged', 'taken', 'noted',
  'answered', 'closed', 'reopened', 'passed_up', 'escalated', 'taken_over', 'handed_back', 'severity_raised', 'severity_lowered',
  'mention_left', 'returned', 'reminded_to_close', 'notified'));

-- ── What a notice says, asked again when it is sent or shown ─────────────────────────────────────────────────────
create function response.notice_true(template text, facts jsonb) returns boolean language sql stable security definer set search_path = pg_catalog as $$
  select coalesce((select case
      when template in ('case_opened', 'case_escalated', 'case_passed_up', 'case_handed_back', 'case_reopened', 'case_repeated', 'case_returned')
        then state = 'open' and (facts ->> 'holder' is null or holder = facts ->> 'holder')
      when template = 'case_reminder' then awaiting is not null and (facts ->> 'holder' is null or holder = facts ->> 'holder')
      when template = 'case_raised' then state <> 'closed' and severity = (facts ->> 'severity')::int
      when template = 'case_to_close' then state = 'answered'
      else true end
    from response.case where id = (facts ->> 'case')::int), false) $$;
grant usage, create on schema response to anlan_definer;
grant select on response.case to anlan_definer;
alter function response.notice_true owner to anlan_definer;
revoke create on schema response from anlan_definer;
revoke execute on function response.notice_true from public;
