-- The days that the changes may touch: all of them when a user was erased, because the days of that user's rows are not
-- known, and none, a range that ends before it starts, when nothing changed.
select
  if(countif(is_erased) > 0, date '0001-01-01', coalesce(min(event_date), date '9999-12-31')) as from_date,
  if(countif(is_erased) > 0, date '9999-12-31', coalesce(max(event_date), date '0001-01-01')) as to_date
from changes
