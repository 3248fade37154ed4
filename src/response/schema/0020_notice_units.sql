-- Notices and letters of before now say which unit they are about, so that they too are shown and sent to those only who may see it.
update delivery.notice n set branch_id = c.branch_id, region_id = c.region_id from response.case c
  where n.template like 'case\_%' and n.branch_id is null and n.path = '/response/' || c.id;
update delivery.outbox o set branch_id = c.branch_id, region_id = c.region_id from response.case c
  where o.kind like 'case%' and o.branch_id is null and o.path = '/response/' || c.id;

-- Whether a notice of a case is still true is asked of the case, when it is sent (by the worker) and when it is shown (by its definer).
grant execute on function response.notice_true to anlan_worker;
update delivery.template set still = 'response.notice_true' where name like 'case\_%';
