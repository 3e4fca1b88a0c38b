-- Visits of a user: what happened without a pause of 30 minutes. The window ends 30 minutes after the last event.
SELECT
  user_id,
  window.start AS session_start,
  window.end AS session_end,
  count(*) AS events,
  count_if(type = 'view') AS pages,
  count_if(type = 'cart') AS carts,
  count_if(type = 'purchase') AS purchases,
  sum(revenue_cents) AS revenue_cents,
  unix_millis(max(occurred_at)) - unix_millis(min(occurred_at)) AS duration_ms
FROM events
GROUP BY user_id, window
