-- Run on PostgreSQL, as clan_reader: what changed since a moment, which is inserted as a literal, because neither COPY nor
-- EXTERNAL_QUERY takes parameters.
select
  {{columns}},
  is_erased
from public.activity_changes({{since}})
