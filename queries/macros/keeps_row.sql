-- purpose:    Whether a row of a list is landed. Of a list without date filter only those without a date are, created in the window:
--             the others come with the list that has a filter.
-- kind:       macro
-- parameters: undated BOOLEAN whether the list has no date filter; date_text VARCHAR the row's date; created_at TIMESTAMP; window_start TIMESTAMP; window_end TIMESTAMP
-- example:    true, '', 2026-10-01 08:00:00, 2026-10-01 00:00:00, 2026-10-02 00:00:00 -> true
not undated or (coalesce(date_text, '') = '' and created_at >= window_start and created_at < window_end)
