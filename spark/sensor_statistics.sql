-- What each sensor read in each minute; the median is one of its readings.
SELECT
  sensor,
  window.start AS window_start,
  window.end AS window_end,
  count(*) AS readings,
  min(value) AS lowest,
  max(value) AS highest,
  avg(value) AS mean,
  stddev_pop(value) AS deviation,
  percentile_approx(value, 0.5) AS median
FROM readings
GROUP BY sensor, window
