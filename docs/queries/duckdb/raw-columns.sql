-- Which columns does the raw table have?
select column_name, data_type, is_nullable = 'YES' as may_be_null
from information_schema.columns
where table_schema = 'clan_case_raw' and table_name = 'user_daily_metrics_raw'
order by ordinal_position;
