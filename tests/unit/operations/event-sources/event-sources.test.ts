import { afterEach, expect, test } from 'vitest'
import type { Endpoints } from '../../../../src/core/endpoints.ts'
import { freePorts } from '../../../../src/local/ports.ts'
import { eventSources, wantEventSource } from '../../../../src/operations/event-sources/event-sources.ts'
import { startHttpServer } from '../../../fixtures/http-server.ts'

let close = async () => {}
afterEach(() => close())

const placeAt = (endpoint: string) => {
  const aws = { endpoint, region: 'us-east-1', accountId: '000000000000' }
  return { endpoints: { aws } as Endpoints, folder: '' }
}

test('an emulator at which nobody listens is named, with what to do', async () => {
  const place = placeAt(`http://127.0.0.1:${(await freePorts()).emulator}`)
  const { endpoint } = place.endpoints.aws
  const want = () => wantEventSource('m', true, place, AbortSignal.timeout(1))
  for (const ask of [() => eventSources(place), want]) {
    await expect(ask()).rejects.toMatchObject({
      code: 'AWS_UNAVAILABLE',
      message: expect.stringMatching(
        new RegExp(`^the AWS APIs at ${endpoint} did not answer .* \\(ECONNREFUSED\\): .*doctor`),
      ),
    })
  }
})

test('one that fails is away as well; one that refuses is not', async () => {
  const server = await startHttpServer()
  close = server.close
  const place = placeAt(server.url)
  server.answer = () => ({ status: 503 })
  await expect(eventSources(place)).rejects.toMatchObject({ code: 'AWS_UNAVAILABLE' })
  server.answer = () => ({ status: 400, body: '{"__type":"AccessDeniedException"}' })
  await expect(eventSources(place)).rejects.toMatchObject({ name: 'AccessDeniedException' })
})
