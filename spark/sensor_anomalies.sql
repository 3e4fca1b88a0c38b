-- Readings that do not fit those of their sensor in the five minutes before: the rule of pipelines/iot.ts on whole minutes.
-- Each step makes structs of an array and not columns: Spark would compute a column anew wherever a later one names it.
WITH series AS (
  SELECT sensor, kind, window.end AS until, sort_array(collect_set(struct(at, value))) AS readings
  FROM readings
  GROUP BY sensor, kind, window
),
-- Each reading is of the last minute of one window, which holds all that came before it in five minutes.
preceded AS (
  SELECT sensor, kind, transform(
    filter(readings, r -> r.at >= until - INTERVAL '1' MINUTE),
    r -> struct(
      r.at AS at, r.value AS value,
      filter(readings, e -> e.at < r.at AND e.at >= r.at - INTERVAL '5' MINUTE) AS earlier
    )
  ) AS steps
  FROM series
),
sorted AS (
  SELECT sensor, kind, transform(
    filter(steps, s -> size(s.earlier) >= 30),
    s -> struct(
      s.at AS at, s.value AS value, s.earlier AS earlier,
      sort_array(transform(s.earlier, e -> e.value)) AS ordered
    )
  ) AS steps
  FROM preceded
),
centred AS (
  SELECT sensor, kind, transform(steps, s -> struct(
    s.at AS at, s.value AS value, s.earlier AS earlier, s.ordered AS ordered,
    CASE size(s.ordered) % 2
      WHEN 1 THEN s.ordered[size(s.ordered) DIV 2]
      ELSE (s.ordered[size(s.ordered) DIV 2 - 1] + s.ordered[size(s.ordered) DIV 2]) / 2
    END AS median
  )) AS steps
  FROM sorted
),
deviating AS (
  SELECT sensor, kind, transform(steps, s -> struct(
    s.at AS at, s.value AS value, s.earlier AS earlier, s.median AS median,
    sort_array(transform(s.ordered, v -> abs(v - s.median))) AS deviations
  )) AS steps
  FROM centred
),
spread AS (
  SELECT sensor, transform(steps, s -> struct(
    s.at AS at, s.value AS value, s.earlier AS earlier, s.median AS median,
    CASE size(s.deviations) % 2
      WHEN 1 THEN s.deviations[size(s.deviations) DIV 2]
      ELSE (s.deviations[size(s.deviations) DIV 2 - 1] + s.deviations[size(s.deviations) DIV 2]) / 2
    END AS mad,
    CASE kind
      WHEN 'load' THEN 1E0
      WHEN 'traffic' THEN 1E5
      ELSE 1E-3 * abs(s.median) + 1E-3
    END AS least_mad
  )) AS steps
  FROM deviating
),
scored AS (
  SELECT sensor, transform(steps, s -> struct(
    s.at AS at, s.value AS value, s.earlier AS earlier, s.median AS median, s.mad AS mad, s.least_mad AS least_mad,
    0.6745E0 * abs(s.value - s.median) / greatest(s.mad, s.least_mad) AS score
  )) AS steps
  FROM spread
),
judged AS (
  SELECT sensor, transform(steps, s -> struct(
    s.at AS at, s.value AS value, s.median AS median, s.score AS score,
    CASE
      WHEN s.at >= element_at(s.earlier, -1).at + INTERVAL '10' SECOND THEN 'silent'
      WHEN s.score > 5 THEN 'outlier'
      WHEN s.value <> 0 AND s.mad > s.least_mad
        AND forall(slice(s.earlier, -9, 9), e -> e.value = s.value) THEN 'stuck'
    END AS anomaly
  )) AS steps
  FROM scored
),
found AS (
  SELECT sensor, explode(filter(steps, s -> s.anomaly IS NOT NULL)) AS step
  FROM judged
)
SELECT sensor, step.at AS at, step.anomaly AS anomaly, step.score AS score, step.value AS value, step.median AS median
FROM found
