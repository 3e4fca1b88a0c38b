-- Entries by level for each service and minute, and which part of them are errors.
SELECT
  service,
  window.start AS window_start,
  window.end AS window_end,
  count(*) AS total,
  count_if(level = 'TRACE') AS traces,
  count_if(level = 'DEBUG') AS debugs,
  count_if(level = 'INFO') AS infos,
  count_if(level = 'WARN') AS warnings,
  count_if(level = 'ERROR') AS errors,
  count_if(level = 'FATAL') AS fatals,
  count_if(level IN ('ERROR', 'FATAL')) / count(*) AS error_rate
FROM logs
GROUP BY service, window
