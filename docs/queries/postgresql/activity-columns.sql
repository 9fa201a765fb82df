-- Which columns does user activity have? The first 14 are those of the raw table and of files; the last two are the database's own.
select
  column_name,
  data_type,
  is_nullable = 'YES' as may_be_null,
  col_description('user_activity'::regclass, ordinal_position::int) as meaning
from information_schema.columns
where table_schema = 'public' and table_name = 'user_activity'
order by ordinal_position;
