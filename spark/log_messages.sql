-- How often each service says the same thing: the first line of a message, without what differs from one time to the next.
-- src/demos/fingerprint.ts does the same.
SELECT service, window.start AS window_start, window.end AS window_end, level, fingerprint, count(*) AS total
FROM (
  SELECT
    service,
    level,
    window,
    coalesce(nullif(substring(
      regexp_replace(
        regexp_replace(
          regexp_replace(
            regexp_replace(
              regexp_replace(
                split(message, '\n', 2)[0],
                '(?<![0-9A-Za-z_])"[^"]*"(?!:)', '<text>'
              ),
              '(?<![0-9A-Za-z])\'[^\']*\'(?![0-9A-Za-z])', '<text>'
            ),
            '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}', '<id>'
          ),
          '(?<![0-9A-Za-z])(0x[0-9A-Fa-f]+|(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{8,})(?![0-9A-Za-z])', '<hex>'
        ),
        '[0-9]+([.,:][0-9]+)*', '<n>'
      ),
      1, 200
    ), ''), '<empty>') AS fingerprint
  FROM logs
)
GROUP BY service, level, fingerprint, window
