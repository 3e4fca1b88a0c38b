/**
 * What the server says of itself: the environment, and the names in it. Asked for once.
 */

import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'

/** The session; null until it is known. */
export function useSession() {
  return useAnswer('session', () => answered(api.session.$get())).value
}
