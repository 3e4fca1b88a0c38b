/**
 * What src/connect/secret.ts owes, against the emulator of Secrets Manager.
 */
import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { awsConfig } from '../../../src/connect/aws.ts'
import { readLogin } from '../../../src/connect/secret.ts'
import type { Endpoints } from '../../../src/core/endpoints.ts'

/** Tests of reading a login. */
export function secretContract(endpoints: () => Endpoints): void {
  let client: SecretsManagerClient
  beforeAll(() => {
    client = new SecretsManagerClient(awsConfig(endpoints().aws))
  })
  afterAll(() => client.destroy())

  test('a login is read, and read anew after it changed', async () => {
    const first = { username: 'first', password: `it's "quoted" ✓` }
    const second = { username: 'second', password: 'other' }
    await client.send(new CreateSecretCommand({ Name: 'tests/login', SecretString: JSON.stringify(first) }))
    expect(await readLogin('tests/login', client)).toEqual(first)
    await client.send(new PutSecretValueCommand({ SecretId: 'tests/login', SecretString: JSON.stringify(second) }))
    expect(await readLogin('tests/login', client)).toEqual(second)
  })

  test.each(['hunter2-canary', '{"username":"hunter2-canary"}', '{"username":1,"password":"hunter2-canary"}'])(
    'a secret of another form is an error that does not quote it: %s',
    async (SecretString) => {
      const Name = `tests/${randomUUID()}`
      await client.send(new CreateSecretCommand({ Name, SecretString }))
      const error = await readLogin(Name, client).catch((error: Error) => error)
      expect(error).toMatchObject({ message: `secret ${Name} holds no {"username","password"}` })
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain('canary')
    },
  )

  test('a secret that is not there is an error that names the kind', async () => {
    await expect(readLogin('tests/none', client)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  test('the login that the stack stores is the one that Cassandra takes', async () => {
    expect(await readLogin('sluice/cassandra', client)).toEqual(endpoints().cassandra.login)
  })
}
