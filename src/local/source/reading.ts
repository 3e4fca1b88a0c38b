/** What a sensor says at an instant: of this machine, or of a made-up plant. */
export type Reading = {
  /** The sensor and the instant: the same reading always has the same. */
  readonly id: string
  readonly sensor: string
  readonly kind: string
  readonly unit: string
  readonly value: number
  /** ISO 8601, in milliseconds: when it was taken. */
  readonly at: string
}
