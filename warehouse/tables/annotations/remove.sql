-- Removes the annotation with this id.
delete from clan_case_analytics.annotations
where annotation_id = @annotation_id
