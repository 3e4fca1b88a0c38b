/**
 * A state as a word with a coloured mark: never by colour alone.
 */

/** How serious a state is. */
export type Tone = 'good' | 'calm' | 'warning' | 'bad'

/** The word of a state. */
export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return <span class={`badge badge-${tone}`}>{children}</span>
}
