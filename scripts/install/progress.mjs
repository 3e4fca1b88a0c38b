/** Progress of one long step: a line when it starts, one every few seconds, one when it is done. */

const everyMs = 5_000

/** Seconds with one decimal. */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

/** Runs `work({ count })`; `count(text)` says how far it is. */
export async function step(report, name, promise, work) {
  const startedAt = Date.now()
  let state = ''
  report(`${name}: installing ${promise}`)
  const timer = setInterval(() => {
    report(`${name}: ${Math.round((Date.now() - startedAt) / 1000)} s${state && `, ${state}`}`)
  }, everyMs)
  try {
    await work({
      count: (text) => {
        state = text
      },
    })
  } finally {
    clearInterval(timer)
  }
  report(`${name}: installed in ${seconds(Date.now() - startedAt)}${state && ` (${state})`}`)
}
