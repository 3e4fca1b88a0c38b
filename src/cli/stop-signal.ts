/**
 * Ctrl-C and SIGTERM as an abort signal.
 */

/** Why a command ended early: somebody asked for it. */
export class StopRequested extends Error {
  override readonly name = 'StopRequested'
}

/**
 * A signal that aborts with {@link StopRequested} at the first SIGINT, SIGTERM or SIGHUP, or when the process that
 * started this one is gone, which its channel tells; later ones change nothing.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => controller.abort(new StopRequested(`stopped by ${name}`)))
  }
  if (process.channel) {
    process.once('disconnect', () => controller.abort(new StopRequested('stopped as the starting process is gone')))
    process.channel.unref()
  }
  return controller.signal
}
