-- Runs a script again that was cancelled because another one holds the lock: BigQuery repeats no transaction by itself
-- (https://cloud.google.com/bigquery/docs/transactions#limitations). No statement that waits is documented; each attempt takes as
-- long as the script. What fails five times fails the run, which raises an alert, and the next run covers the same changes. @@error
-- and handlers: https://cloud.google.com/bigquery/docs/reference/standard-sql/procedural-language#beginexceptionend. The page on
-- transactions lets a handler roll back, and says that one that fails is rolled back by itself: so a rollback that fails is ignored.
loop
  set v_attempt = v_attempt + 1;

  begin
{{script}}

    leave;
  exception when error then
    if v_attempt >= 5 or strpos(@@error.message, 'due to concurrent update') = 0 then
      raise;
    end if;

    begin
      rollback transaction;
    exception when error then
      select 'no transaction' as outcome;
    end;
  end;
end loop;
