/**
 * The contiguous settled prefix of one partition: how far its consumer group may commit.
 * Not for committing: see committer.ts.
 *
 * Received offsets ascend with gaps (compaction, transaction markers). `next` is the offset of the first record that
 * is not settled, else the position behind everything received; it never passes an unsettled record and never falls.
 */
export class SettledPrefix {
  #unsettled: number[] = []
  #head = 0
  readonly #settledAhead = new Set<number>()
  #end: number

  /** Starts at the offset that the group has committed: everything below counts as settled. */
  constructor(start: number) {
    this.#end = start
  }

  /** Position behind the last received record, the offset to fetch from. */
  get end(): number {
    return this.#end
  }

  /** The offset to commit. */
  get next(): number {
    return this.#unsettled[this.#head] ?? this.#end
  }

  /** Records received and not yet settled, those settled ahead of the prefix left out. */
  get unsettledCount(): number {
    return this.#unsettled.length - this.#head - this.#settledAhead.size
  }

  /** Takes note of one received record. Throws RangeError unless offsets ascend. */
  receive(offset: number): void {
    if (offset < this.#end) throw new RangeError(`offset ${offset} received after position ${this.#end}`)
    this.#unsettled.push(offset)
    this.#end = offset + 1
  }

  /** Moves the end over offsets that hold no record. A lower value changes nothing. */
  skipTo(end: number): void {
    if (end > this.#end) this.#end = end
  }

  /** Settles one received record. Throws RangeError if it is below the prefix or settled already. */
  settle(offset: number): void {
    if (offset < this.next || offset >= this.#end || this.#settledAhead.has(offset)) {
      throw new RangeError(`offset ${offset} is not unsettled`)
    }
    if (offset !== this.#unsettled[this.#head]) {
      this.#settledAhead.add(offset)
      return
    }
    this.#head += 1
    while (this.#head < this.#unsettled.length && this.#settledAhead.delete(this.#unsettled[this.#head] as number)) {
      this.#head += 1
    }
    if (this.#head > 1024 && this.#head * 2 > this.#unsettled.length) {
      this.#unsettled = this.#unsettled.slice(this.#head)
      this.#head = 0
    }
  }
}
