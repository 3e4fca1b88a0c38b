/**
 * The addresses that the deployed functions and mappings use, read from context.
 * Not for credentials: functions read those from Secrets Manager.
 */

import type { FunctionEnvironment } from '../src/core/environment.ts'
import { cassandraSecretName } from '../src/core/names.ts'
import { type ContextRule, isUrl, readContext } from './context-rules.ts'
import type { Context, Target } from './target.ts'

/** A target whose services are somebody's processes, at addresses that context names. */
export type LocalTarget = Exclude<Target, { readonly name: 'aws' }>

/** Everything that differs between two deployments of the same sources outside AWS. */
export type Settings = {
  readonly target: LocalTarget
  readonly bootstrapServers: readonly string[]
  /** Where the poller of the mappings reaches Kafka: as the functions do, unless these run inside containers. */
  readonly pollerBootstrapServers: readonly string[]
  readonly cassandra: { readonly host: string; readonly port: number; readonly localDataCenter: string }
  readonly registryUrl: string
  /** The base URL of the bundled source. */
  readonly sourceUrl: string
  /** Whether pipelines that have a URL of their own read that instead of the bundled source. */
  readonly sources: 'bundled' | 'live'
  /** Whether functions are deployed after topics, tables and schemas, or, where nothing runs yet, beside them. */
  readonly stacks: 'inOrder' | 'together'
}

type Rule = ContextRule & {
  readonly fallback: string
  /** Of target `localstack`: functions run inside containers of docker-compose.yml, and reach the others by name. */
  readonly localstack?: string
}

const hostname = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/

const rules = {
  bootstrapServers: {
    fallback: '127.0.0.1:9092',
    localstack: 'kafka:19092',
    allowed: 'a comma-joined list of host:port',
    holds: (value) => value.split(',').every(isHostAndPort),
  },
  pollerBootstrapServers: {
    fallback: '127.0.0.1:9092',
    allowed: 'a comma-joined list of host:port',
    holds: (value) => value.split(',').every(isHostAndPort),
  },
  cassandraHost: {
    fallback: '127.0.0.1',
    localstack: 'cassandra',
    allowed: 'a host name or address',
    holds: (value) => hostname.test(value),
  },
  cassandraPort: { fallback: '9042', allowed: 'a port from 1 to 65535', holds: isPort },
  cassandraLocalDataCenter: {
    fallback: 'datacenter1',
    allowed: 'the name of a data center',
    holds: (value) => /^[\w.-]+$/.test(value),
  },
  registryUrl: {
    fallback: 'http://127.0.0.1:8081/apis/ccompat/v7',
    localstack: 'http://registry:8080/apis/ccompat/v7',
    allowed: 'an http or https URL',
    holds: isUrl,
  },
  sourceUrl: {
    fallback: 'http://127.0.0.1:8090',
    localstack: 'http://source:8090',
    allowed: 'an http or https URL',
    holds: isUrl,
  },
  sources: {
    fallback: 'bundled',
    allowed: 'bundled or live',
    holds: (value) => value === 'bundled' || value === 'live',
  },
  stacks: {
    fallback: 'inOrder',
    allowed: 'inOrder or together',
    holds: (value) => value === 'inOrder' || value === 'together',
  },
} as const satisfies Record<string, Rule>

/** Reads the addresses for a target. Fails with CONTEXT_INVALID, naming key, value and what is allowed. */
export function readSettings(context: Context, target: LocalTarget): Settings {
  const value = (key: keyof typeof rules) => readValue(context, key, target.name)
  const pollsAsFunctions = target.name !== 'localstack' && context('pollerBootstrapServers') === undefined
  return {
    target,
    bootstrapServers: value('bootstrapServers').split(','),
    pollerBootstrapServers: value(pollsAsFunctions ? 'bootstrapServers' : 'pollerBootstrapServers').split(','),
    cassandra: {
      host: value('cassandraHost'),
      port: Number(value('cassandraPort')),
      localDataCenter: value('cassandraLocalDataCenter'),
    },
    registryUrl: value('registryUrl'),
    sourceUrl: value('sourceUrl'),
    sources: value('sources') === 'live' ? 'live' : 'bundled',
    stacks: value('stacks') === 'together' ? 'together' : 'inOrder',
  }
}

/** The environment of a function that does not read a source. */
export function functionEnvironment({ bootstrapServers, cassandra, registryUrl }: Settings): FunctionEnvironment {
  return {
    bootstrapServers: bootstrapServers.join(','),
    kafka: { kind: 'plaintext' },
    cassandra: { kind: 'cassandra', ...cassandra, secret: cassandraSecretName },
    registry: { kind: 'confluent', url: registryUrl },
    sourceUrl: null,
  }
}

function readValue(context: Context, key: keyof typeof rules, target: LocalTarget['name']): string {
  const rule: Rule = rules[key]
  const fallback = target === 'localstack' ? (rule.localstack ?? rule.fallback) : rule.fallback
  return readContext(context, key, { ...rule, fallback }) ?? fallback
}

function isHostAndPort(value: string): boolean {
  const [host = '', port = '', ...rest] = value.split(':')
  return rest.length === 0 && hostname.test(host) && isPort(port)
}

function isPort(value: string): boolean {
  return /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535
}
