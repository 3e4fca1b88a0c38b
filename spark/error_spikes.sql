-- Minutes with errors, beside the nine minutes before: five errors or more, and over three times the mean of before,
-- are a spike. A row stays one that has errors, so that none is left behind when later records change it.
SELECT service, minute_start, minute_end, errors, errors_before, errors >= 5 AND errors * 3 > errors_before AS is_spike
FROM (
  SELECT
    service,
    window.end - INTERVAL 1 MINUTE AS minute_start,
    window.end AS minute_end,
    count_if(level IN ('ERROR', 'FATAL') AND at >= window.end - INTERVAL 1 MINUTE) AS errors,
    count_if(level IN ('ERROR', 'FATAL') AND at < window.end - INTERVAL 1 MINUTE) AS errors_before
  FROM logs
  GROUP BY service, window
)
WHERE errors > 0
