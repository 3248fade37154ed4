-- When a webhook was last changed, by a person or by being switched off: a page from before must not switch it on again unseen.
alter table delivery.webhook add updated_at timestamptz(3) not null default now();
grant select (updated_at), update (updated_at) on delivery.webhook to anlan_branch, anlan_region, anlan_group, anlan_several;
grant update (updated_at) on delivery.webhook to anlan_worker;
