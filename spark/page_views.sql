-- Views of each page in ten minutes: ranked on read, as Spark refuses ranks on streams.
SELECT window.start AS window_start, window.end AS window_end, page, count(*) AS views
FROM events
WHERE type = 'view'
GROUP BY page, window
