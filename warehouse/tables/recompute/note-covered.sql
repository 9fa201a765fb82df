-- Records the covered syncs and loads; two concurrent runs record each once.
merge into {{runs}} as target
using syncs_to_cover as source
on target.sync_id = source.sync_id
when not matched then
  insert (sync_id, ran_at)
  values (source.sync_id, current_timestamp)
