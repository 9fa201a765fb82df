-- The health of a clan on a day, by the first rule that fits (docs/metrics.md#clans).
case
  when not is_known then 'unknown'
  when weekly_active_members = 0 then 'dead'
  when 4 * weekly_active_members < members or activity_trend < 0.75 then 'fading'
  when days_since_join < 14 and coalesce(activity_trend, 1.1) >= 1.1 then 'growing'
  else 'steady'
end
