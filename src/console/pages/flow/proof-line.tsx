/**
 * The proof of a pipeline's latest run: an equation of what was fetched and what became of it.
 */
import type { ProofState } from '../../../operations/runs/proof-keeper.ts'
import { count } from '../format.ts'

/** The proof; it is in sight whatever it says. */
export function ProofLine({ proof }: { proof: ProofState | null }) {
  if (!proof) return <p class="proof proof-settling">No run has ended yet: there is nothing to prove.</p>
  const { state, account } = proof
  const verdict = { proven: 'Proven', settling: 'Settling', lost: 'Not proven' }[state]
  if (!account) {
    return (
      <p class="proof proof-settling" role="status">
        <strong>{verdict}</strong> the records of the latest run are being looked for
      </p>
    )
  }
  const parts: [number, string][] = [
    [account.written, 'written'],
    [account.filtered, 'filtered'],
    [account.deadLettered, account.deadLettered === 1 ? 'dead letter' : 'dead letters'],
    [account.pending, 'pending'],
    [account.expired, 'expired'],
    [account.unaccounted, 'unaccounted'],
  ]
  const shown = parts.filter(([figure, name]) => figure > 0 || name === 'written' || name === 'unaccounted')
  return (
    <p class={`proof proof-${state}`} role="status">
      <strong>{verdict}</strong>
      <span class="equation">
        <span>
          <b>{count(account.fetched)}</b> fetched
        </span>
        <span class="sign" aria-hidden="true">
          =
        </span>
        {shown.map(([figure, name], at) => (
          <span key={name}>
            {at > 0 && (
              <span class="sign" aria-hidden="true">
                +{' '}
              </span>
            )}
            <b>{count(figure)}</b> {name}
          </span>
        ))}
      </span>
    </p>
  )
}
