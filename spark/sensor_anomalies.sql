-- Readings that do not fit those of their sensor in the five minutes before: the rule of pipelines/iot.ts on whole minutes.
WITH series AS (
  SELECT sensor, kind, window, sort_array(collect_set(struct(at, value))) AS readings
  FROM readings
  GROUP BY sensor, kind, window
),
-- Each reading is of the last minute of one window, which holds all that came before it in five minutes.
owned AS (
  SELECT sensor, kind, readings,
    explode(filter(readings, r -> r.at >= window.end - INTERVAL '1' MINUTE)) AS reading
  FROM series
),
preceded AS (
  SELECT sensor, kind, reading,
    filter(readings, e -> e.at < reading.at AND e.at >= reading.at - INTERVAL '5' MINUTE) AS earlier
  FROM owned
),
sorted AS (
  SELECT sensor, kind, reading, earlier, sort_array(transform(earlier, e -> e.value)) AS ordered
  FROM preceded
  WHERE size(earlier) >= 30
),
centred AS (
  SELECT sensor, kind, reading, earlier, ordered,
    CASE size(ordered) % 2
      WHEN 1 THEN ordered[size(ordered) DIV 2]
      ELSE (ordered[size(ordered) DIV 2 - 1] + ordered[size(ordered) DIV 2]) / 2
    END AS median
  FROM sorted
),
deviating AS (
  SELECT sensor, kind, reading, earlier, median,
    sort_array(transform(ordered, v -> abs(v - median))) AS deviations
  FROM centred
),
spread AS (
  SELECT sensor, kind, reading, earlier, median,
    CASE size(deviations) % 2
      WHEN 1 THEN deviations[size(deviations) DIV 2]
      ELSE (deviations[size(deviations) DIV 2 - 1] + deviations[size(deviations) DIV 2]) / 2
    END AS mad,
    CASE kind
      WHEN 'load' THEN 1E0
      WHEN 'traffic' THEN 1E5
      ELSE 1E-3 * abs(median) + 1E-3
    END AS least_mad
  FROM deviating
),
scored AS (
  SELECT sensor, reading, earlier, median, mad, least_mad,
    0.6745E0 * abs(reading.value - median) / greatest(mad, least_mad) AS score
  FROM spread
),
judged AS (
  SELECT sensor, reading, score, median,
    CASE
      WHEN reading.at >= element_at(earlier, -1).at + INTERVAL '10' SECOND THEN 'silent'
      WHEN score > 5 THEN 'outlier'
      WHEN reading.value <> 0 AND mad > least_mad
        AND forall(slice(earlier, -9, 9), e -> e.value = reading.value) THEN 'stuck'
    END AS anomaly
  FROM scored
)
SELECT sensor, reading.at AS at, anomaly, score, reading.value AS value, median
FROM judged
WHERE anomaly IS NOT NULL
