/**
 * What a log message says apart from what differs from one time to the next. Pure.
 */

/** As spark/log_messages.sql has it, in its order. JavaScript and Java agree on what these patterns mean. */
const replaced = [
  [/(?<![0-9A-Za-z_])"[^"]*"(?!:)/g, '<text>'],
  [/(?<![0-9A-Za-z])'[^']*'(?![0-9A-Za-z])/g, '<text>'],
  [/[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/g, '<id>'],
  [/(?<![0-9A-Za-z])(0x[0-9A-Fa-f]+|(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{8,})(?![0-9A-Za-z])/g, '<hex>'],
  [/[0-9]+([.,:][0-9]+)*/g, '<n>'],
] as const

const mostCharacters = 200

/** The first line of a message with quoted text, ids, hexadecimal and numbers replaced, 200 characters of it; a key must not be empty. */
export function fingerprintOf(message: string): string {
  const [line = ''] = message.split('\n', 1)
  const plain = replaced.reduce((text, [pattern, by]) => text.replace(pattern, by), line)
  // By character and not by half of a surrogate pair, as Spark counts.
  return [...plain].slice(0, mostCharacters).join('') || '<empty>'
}
