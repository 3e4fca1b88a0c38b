/** Who may ask the console, over real HTTP: as another site would, and without the token. */
import { request } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, test } from 'vitest'
import type { Scene } from './scene.ts'

/** Tests on the scene. */
export function safetyTests(scene: () => Scene): void {
  const status = (path: string, options: { method?: string; headers?: Record<string, string> } = {}) =>
    new Promise<number>((resolve, reject) => {
      const asked = request(scene().url + path, options, (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      })
      asked.on('error', reject)
      asked.end()
    })

  describe('the console answers its own pages only', () => {
    test.each([
      ['a Host that is another name', { host: 'console.example' }],
      ['the Origin of another site', { origin: 'https://evil.example' }],
      ['an image on another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ])('not %s', async (_, headers) => {
      expect(await status('/api/topics', { headers })).toBe(403)
      expect(await status('/', { headers })).toBe(403)
    })

    test('no change without the token, and none was made', async () => {
      const path = '/api/event-sources/sluice-users-write/want'
      expect(await status(path, { method: 'POST', headers: { 'content-type': 'application/json' } })).toBe(403)
      expect(await status(path)).toBe(404)
    })

    test.each(['trigger', 'schedule', 'backfill'])('%s of a pipeline is one', async (change) => {
      const headers = { 'content-type': 'application/json' }
      expect(await status(`/api/pipelines/users/${change}`, { method: 'POST', headers })).toBe(403)
      expect(await status(`/api/pipelines/users/${change}`)).toBe(404)
    })

    test('so is doing a run again', async () => {
      expect(await status('/api/runs/users/r/retry', { method: 'POST' })).toBe(403)
    })

    test('nobody on another address of this machine', async () => {
      const address = Object.values(networkInterfaces())
        .flat()
        .find((each) => each?.family === 'IPv4' && !each.internal)?.address
      if (!address) return
      const refused = await new Promise((resolve) => {
        const socket = connect(Number(new URL(scene().url).port), address)
        socket.once('connect', () => resolve(socket.destroy() && false)).once('error', () => resolve(true))
      })
      expect(refused).toBe(true)
    })
  })
}
