/**
 * JSON of others, which may be none.
 */

/** What a text holds as JSON; null for one that is no JSON. The parser's own message would quote the text. */
export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
