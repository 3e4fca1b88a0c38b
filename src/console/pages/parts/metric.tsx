/**
 * A figure with its name, in a list of class `metrics`.
 */

/** The figure; a bad one stands out. */
export function Metric({ name, text, isBad = false }: { name: string; text: string; isBad?: boolean }) {
  return (
    <div class={isBad ? 'is-bad' : undefined}>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  )
}
