/**
 * From how a mapping proves to Kafka who it is to what a connection needs, and from what Kafka refused to AWS's words.
 */
import { type RefusalKind, refusalKind } from '../connect/kafka-refusal.ts'
import type { KafkaSecurity } from '../core/endpoints.ts'
import { SluiceError } from '../core/errors.ts'
import type { SourceAccess } from './access-properties.ts'
import type { Secrets } from './secrets.ts'
import type { PollerSettings } from './settings.ts'

/** Whether secrets have to be read for it. */
export function needsSecrets(access: SourceAccess): boolean {
  return access.kind !== 'none' && access.kind !== 'role'
}

/** The security of a connection, with its secrets read now. Fails with KAFKA_UNAVAILABLE when they cannot be. */
export async function sourceSecurity(
  access: SourceAccess,
  secrets: Secrets | null,
  { managedWithoutAccess }: Pick<PollerSettings, 'managedWithoutAccess'>,
): Promise<KafkaSecurity> {
  if (access.kind === 'none') return { kind: 'plaintext' }
  if (access.kind === 'role') {
    return managedWithoutAccess === 'iam' ? { kind: 'iam', region: access.region } : { kind: 'plaintext' }
  }
  // A mapping that needs secrets is refused where none can be read.
  const read = secrets as Secrets
  try {
    const ca = access.authority === null ? {} : { ca: await read.authority(access.authority) }
    if (access.kind === 'encrypted') return { kind: 'encrypted', ...ca }
    if (access.kind === 'certificate') {
      const { privateKeyPassword: passphrase, ...own } = await read.certificate(access.secret)
      return { kind: 'tls', ...own, ...(passphrase === undefined ? {} : { passphrase }), ...ca }
    }
    const { mechanism, secret } = access
    const login = await read.login(secret)
    return mechanism === 'plain' ? { kind: 'plain', login, ...ca } : { kind: 'scram', mechanism, login, ...ca }
  } catch (cause) {
    const { message } = cause as Error
    throw new SluiceError('KAFKA_UNAVAILABLE', `Kafka was not asked: ${message}`, { cause })
  }
}

/** Source: AWS Lambda Developer Guide, "Troubleshooting Kafka event source mapping errors". */
const words: Readonly<Record<RefusalKind, string>> = {
  login: 'SASL authentication failed',
  'client-certificate': 'Server failed to authenticate Lambda',
  'server-certificate': 'Lambda failed to authenticate server',
  material: 'Provided certificate or private key is invalid',
  authorization: 'Cluster failed to authorize Lambda',
}

/** A failure of Kafka as LastProcessingResult has it: AWS's words where it has some, then ours. */
export function kafkaProblem(error: Error): string {
  const kind = refusalKind(error)
  return kind === null ? error.message : `${words[kind]}. ${error.message}`
}
