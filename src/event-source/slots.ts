/**
 * Bounds how many invocations of a mapping run at once, and holds them all back while the group membership is in doubt.
 */

/** Counted slots, handed out first come first served while `isOpen` answers so. */
export class Slots {
  #free: number
  readonly #isOpen: () => boolean
  readonly #waiting: ((granted: boolean) => void)[] = []

  constructor(limit: number, isOpen: () => boolean) {
    this.#free = limit
    this.#isOpen = isOpen
  }

  /** Whether a slot can be had at once. */
  get isAvailable(): boolean {
    return this.#free > 0 && this.#waiting.length === 0 && this.#isOpen()
  }

  /** True with a slot, which is then to be released; false when `signal` is aborted first. */
  acquire(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    if (this.isAvailable) {
      this.#free -= 1
      return Promise.resolve(true)
    }
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const grant = (granted: boolean) => {
      signal.removeEventListener('abort', cancel)
      resolve(granted)
    }
    const cancel = () => {
      this.#waiting.splice(this.#waiting.indexOf(grant), 1)
      grant(false)
    }
    signal.addEventListener('abort', cancel, { once: true })
    this.#waiting.push(grant)
    return promise
  }

  release(): void {
    this.#free += 1
    this.handOut()
  }

  /** To be called when they may have been opened. */
  handOut(): void {
    while (this.#free > 0 && this.#isOpen()) {
      const grant = this.#waiting.shift()
      if (!grant) return
      this.#free -= 1
      grant(true)
    }
  }
}
