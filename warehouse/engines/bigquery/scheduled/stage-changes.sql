execute immediate format(
  'create or replace temp table {{table}} as select * from external_query(%T, %T)',
  {{connection}},
  replace(
    {{query}},
    {{since_marker}},
    coalesce(format_timestamp("'%Y-%m-%d %H:%M:%E6S+00'", {{since}}, 'UTC'), "'-infinity'")
  )
);
