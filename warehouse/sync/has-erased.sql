-- Whether a user was erased.
select countif(is_erased) > 0 as has_erased from changes
