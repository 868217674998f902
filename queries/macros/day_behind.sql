-- purpose:    The day behind a window's last one, from its exclusive end: a day that has only begun is one of the window's.
-- kind:       macro
-- parameters: window_end TIMESTAMP UTC, exclusive
-- example:    2026-10-02 00:00:00 -> 2026-10-02; 2026-10-02 00:00:01 -> 2026-10-03
cast(window_end as date) + case when window_end > cast(cast(window_end as date) as timestamp) then 1 else 0 end
