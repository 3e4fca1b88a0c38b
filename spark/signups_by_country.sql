-- Sign-ups per country and minute, with an estimate of how many different people they are.
SELECT
  country,
  window.start AS window_start,
  window.end AS window_end,
  count(*) AS signups,
  approx_count_distinct(id) AS distinct_users
FROM users
GROUP BY country, window
