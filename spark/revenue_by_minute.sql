-- What is sold in a minute; one without a purchase has no row.
SELECT
  date_format(window.start, 'yyyy-MM-dd') AS day,
  window.start AS window_start,
  window.end AS window_end,
  count(*) AS purchases,
  sum(quantity) AS items,
  sum(revenue_cents) AS revenue_cents
FROM events
WHERE type = 'purchase'
GROUP BY window
