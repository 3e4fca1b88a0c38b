-- From view to cart to purchase in ten minutes: events, and the different sessions that had one, counted exactly.
SELECT
  date_format(window.start, 'yyyy-MM-dd') AS day,
  window.start AS window_start,
  window.end AS window_end,
  count_if(type = 'view') AS views,
  count_if(type = 'cart') AS carts,
  count_if(type = 'purchase') AS purchases,
  size(collect_set(CASE WHEN type = 'view' THEN session_id END)) AS sessions_viewing,
  size(collect_set(CASE WHEN type = 'cart' THEN session_id END)) AS sessions_filling_carts,
  size(collect_set(CASE WHEN type = 'purchase' THEN session_id END)) AS sessions_buying
FROM events
GROUP BY window
