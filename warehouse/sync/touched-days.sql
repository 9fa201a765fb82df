-- The days of the changed rows.
select distinct event_date from changes where not is_erased
