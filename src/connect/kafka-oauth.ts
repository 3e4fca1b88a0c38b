/**
 * SASL/OAUTHBEARER for kafkajs (RFC 7628), whose own takes a refusal for a success.
 *   message = "n,," SOH "auth=Bearer " token SOH SOH
 *   answer  = ""            ; taken
 *           / json          ; refused: the client sends SOH, and Kafka then answers with the error
 */
import type { Mechanism } from 'kafkajs'

const separator = '\u0001'

/** The mechanism with tokens from `token`, which is asked at each authentication, those within a session included. */
export function oauthBearer(token: () => Promise<string>): Mechanism {
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: ({ saslAuthenticate }) => {
      const exchange = (message: string) =>
        saslAuthenticate({
          request: { encode: () => withLength(message) },
          response: { decode: (answer) => answer.subarray(4), parse: (answer: Buffer) => answer.length === 0 },
        })
      return {
        async authenticate() {
          const isTaken = await exchange(`n,,${separator}auth=Bearer ${await token()}${separator}${separator}`)
          if (!isTaken) await exchange(separator)
        },
      }
    },
  }
}

/** kafkajs has the bytes of a mechanism begin with their length. */
function withLength(message: string): Buffer {
  const bytes = Buffer.from(message)
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
