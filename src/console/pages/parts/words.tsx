/**
 * A sentence with code between backticks, as the runbook has them. Everything is text.
 */

/** The sentence. */
export function Words({ text }: { text: string }) {
  return <>{text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part))}</>
}
