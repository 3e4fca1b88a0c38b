/** docker-compose.yml against the embedded services: the same versions, settings and ports, and nothing that is unsafe. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { readSettings } from '../../../cdk/settings.ts'
import { querySettings } from '../../../src/core/job-template.ts'
import { defaultPorts } from '../../../src/local/ports.ts'
import { sparkSubmit } from '../../../src/local/spark.ts'
import { render } from '../../../src/local/template.ts'

type Service = {
  readonly image: string
  readonly user?: string
  readonly mem_limit: string
  readonly cap_drop: readonly string[]
  readonly security_opt: readonly string[]
  readonly profiles?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly networks?: { readonly default: { readonly aliases: readonly string[] } }
}
type Compose = { readonly name: string; readonly services: Record<string, Service>; readonly volumes: object }

const root = resolve(import.meta.dirname, '../../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const text = read('docker-compose.yml')
const defaults: Readonly<Record<string, string>> = { SLUICE_ENVIRONMENT: 'docker' }
/** As compose does it where no variable is set. */
const interpolated = text
  .replaceAll(/\$\$/g, '\0')
  .replaceAll(/\$\{(\w+)(?::[-?]([^}]*))?\}/g, (_, name: string, fallback = '') => defaults[name] ?? fallback)
  .replaceAll('\0', '$')
const { services, volumes } = parse(interpolated, { merge: true }) as Compose
const all = Object.entries(services)
/** Ends by itself, before another begins. */
const oneShots = ['registry-volume', 'spark-volume']
/** Others reach them inside; a worker may be there more than once, and a port of the host only once. */
const unpublished = ['spark-master', 'spark-worker']
const longRunning = all.filter(([name]) => !oneShots.includes(name))
const kafkas = all.filter(([name]) => name.startsWith('kafka'))

function service(name: string): Service {
  const found = services[name]
  if (!found) throw new Error(`docker-compose.yml has no service "${name}"`)
  return found
}

const hostPort = (name: string) => Number(service(name).ports?.[0]?.split(':')[1])

describe('versions', () => {
  const pom = (path: string, pattern: RegExp) => pattern.exec(read(path))?.[1]
  const node = JSON.parse(read('package.json')).devDependencies.node

  test.each([
    ['kafka', `apache/kafka:${pom('jvm/kafka/pom.xml', /<kafka.version>([^<]+)/)}`],
    [
      'cassandra',
      `cassandra:${pom('jvm/cassandra/pom.xml', /<artifactId>cassandra-all<\/artifactId>\s*<version>([^<]+)/)}`,
    ],
    ['registry', `apicurio/apicurio-registry:${pom('jvm/registry/pom.xml', /<apicurio.version>([^<]+)/)}`],
    ['ministack', `ministackorg/ministack:${pom('scripts/requirements.txt', /^ministack==(\S+)/m)}`],
    ['source', `node:${node}-alpine`],
    ['registry-volume', `node:${node}-alpine`],
    ['spark-volume', `node:${node}-alpine`],
    ['spark-master', `apache/spark:${pom('jvm/spark/pom.xml', /<spark.version>([^<]+)/)}-scala2.13-java17-ubuntu`],
    ['localstack', 'localstack/localstack:4.14.0'],
  ])('%s is %s', (name, image) => {
    expect(service(name).image).toBe(image)
  })

  test.each(all)('%s is pinned to one release', (_, { image }) => {
    expect(image).toMatch(/:\d+\.\d+\.\d+(-[\w.-]+)?$/)
  })

  test('nodes of one thing run one image', () => {
    expect(new Set(kafkas.map(([, { image }]) => image)).size).toBe(1)
    for (const name of ['spark-worker', 'spark-connect'])
      expect(service(name).image).toBe(service('spark-master').image)
  })
})

describe('settings', () => {
  /** Those that say where a node is, which differ by their nature. */
  const places = /^(node\.id|process\.roles|(advertised\.)?listeners|listener\.security.*|inter\.broker.*|log\.dirs)$/
  const embedded = (nodes: 1 | 3) => {
    const voters = nodes === 1 ? '1@kafka:9093' : '1@kafka-1:9093,2@kafka-2:9093,3@kafka-3:9093'
    const values = { id: 1, port: 0, controllerPort: 0, voters, data: '', replicas: nodes }
    const properties = render(read('jvm/kafka/server.properties'), { ...values, inSyncReplicas: nodes === 1 ? 1 : 2 })
    const lines = properties.split('\n').filter((line) => /^[a-z]/.test(line))
    const pairs = lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const)
    const kept = pairs.filter(([key]) => !places.test(key))
    return Object.fromEntries(kept.map(([key, value]) => [`KAFKA_${key.toUpperCase().replaceAll('.', '_')}`, value]))
  }

  test.each(kafkas)('%s has every setting of jvm/kafka/server.properties', (name, { environment }) => {
    expect(environment).toMatchObject(embedded(name === 'kafka' ? 1 : 3))
  })

  test.each(kafkas)('%s tells clients from the host another address than clients in containers', (name, node) => {
    const { KAFKA_ADVERTISED_LISTENERS, KAFKA_NODE_ID } = node.environment ?? {}
    expect(KAFKA_ADVERTISED_LISTENERS).toBe(`HOST://127.0.0.1:${hostPort(name)},CONTAINERS://${name}:19092`)
    expect(KAFKA_NODE_ID).toBe(name === 'kafka' ? '1' : name.slice(-1))
  })

  test('Cassandra runs on jvm/cassandra/cassandra.yaml, rendered by its entrypoint as src/local renders it', () => {
    const { entrypoint = [], volumes: mounted } = service('cassandra')
    expect(mounted).toContain('./jvm/cassandra/cassandra.yaml:/sluice/cassandra.yaml:ro')
    const folder = mkdtempSync(join(tmpdir(), 'sluice-compose-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'cassandra.yaml'), read('jvm/cassandra/cassandra.yaml'))
    const [shell = '', option = '', script = ''] = entrypoint
    const rendering = (script.split(' && ')[0] ?? '')
      .replaceAll('/sluice/', `${folder}/`)
      .replace('> /tmp/', `> ${folder}/out-`)
    execFileSync(shell, [option, rendering])
    const values = { rpcAddress: '0.0.0.0', port: 9042, storagePort: 7000, sslStoragePort: 7001 }
    const rendered = render(read('jvm/cassandra/cassandra.yaml'), { ...values, data: '/var/lib/cassandra' })
    expect(readFileSync(join(folder, 'out-cassandra.yaml'), 'utf8')).toBe(rendered)
    expect(parse(rendered)).toMatchObject({
      commitlog_sync: 'batch',
      authenticator: { class_name: 'PasswordAuthenticator' },
      data_file_directories: ['/var/lib/cassandra/data'],
    })
  })

  test("Cassandra's flags are those of the embedded one", () => {
    const flags = service('cassandra').environment?.JVM_EXTRA_OPTS?.trim().split(/\s+/) ?? []
    const embeddedFlags = read('jvm/cassandra/jvm.options').split('\n')
    expect(flags.filter((flag) => !embeddedFlags.includes(flag))).toEqual([])
  })

  test('Spark runs queries with the settings and jars of the embedded one', () => {
    const { command = [], volumes: mounted } = service('spark-connect')
    for (const [name, value] of Object.entries(querySettings)) expect(command).toContain(`--conf=${name}=${value}`)
    const embedded = sparkSubmit('/tmp', {}, []).args.join(' ')
    const names = [...embedded.matchAll(/--conf ([\w.]+)=/g)].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(5)
    for (const name of names) expect(command.join(' ')).toContain(`--conf=${name}=`)
    expect(command).toContain('--conf=spark.connect.session.manager.defaultSessionTimeout=-1')
    for (const name of ['spark-master', 'spark-worker', 'spark-connect']) {
      expect(service(name).volumes).toEqual(mounted)
    }
    expect(mounted).toEqual(['./.sluice/spark/jars:/opt/spark/jars:ro', 'spark:/sluice'])
  })

  test('the registry and MiniStack have the settings that src/local gives them', () => {
    const registry = read('src/local/registry.ts')
    for (const setting of ['WRITE_DELAY=0', "'apicurio.storage.kind': 'sql'", "'apicurio.storage.sql.kind': 'h2'"]) {
      expect(registry).toContain(setting)
    }
    expect(service('registry').environment).toMatchObject({
      APICURIO_STORAGE_KIND: 'sql',
      APICURIO_STORAGE_SQL_KIND: 'h2',
      APICURIO_DATASOURCE_URL: 'jdbc:h2:file:/data/registry;WRITE_DELAY=0',
    })
    const own = ['BIND_HOST', 'LAMBDA_DOCKER_NETWORK', 'SLUICE_SAVED_MARK', 'TMPDIR', 'PATH', 'HOME', 'LANG']
    const names = [...read('src/local/emulator.ts').matchAll(/^ {10}([A-Z][A-Z0-9_]+):/gm)].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(8)
    expect(Object.keys(service('ministack').environment ?? {})).toEqual(
      expect.arrayContaining(names.filter((name) => !own.includes(name))),
    )
  })
})

describe('addresses', () => {
  test.each(longRunning)('%s is reached on 127.0.0.1 only', (name, { ports = [] }) => {
    expect(ports.length).toBe(unpublished.includes(name) ? 0 : 1)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  test('the ports on the host are those of npm start', () => {
    const ports = defaultPorts(0, 3)
    expect({
      kafka: hostPort('kafka'),
      kafka1: hostPort('kafka-1'),
      kafka2: hostPort('kafka-2'),
      kafka3: hostPort('kafka-3'),
      cassandra: hostPort('cassandra'),
      registry: hostPort('registry'),
      ministack: hostPort('ministack'),
      localstack: hostPort('localstack'),
      source: hostPort('source'),
      spark: hostPort('spark-connect'),
    }).toEqual({
      kafka: ports.kafka,
      kafka1: ports.kafka,
      kafka2: ports.kafka2,
      kafka3: ports.kafka3,
      cassandra: ports.cassandra,
      registry: ports.registry,
      ministack: ports.emulator,
      localstack: ports.emulator,
      source: ports.source,
      spark: ports.spark,
    })
  })

  test('the defaults of target localstack are names and ports of these containers', () => {
    const settings = readSettings(() => undefined, {
      name: 'localstack',
      account: '000000000000',
      region: 'us-east-1',
    })
    const inside = (name: string) => `${name}:${service(name).ports?.[0]?.split(':')[2]}`
    expect(settings.bootstrapServers).toEqual(['kafka:19092'])
    expect(service('kafka-1').networks?.default.aliases).toEqual(['kafka'])
    expect(settings.pollerBootstrapServers).toEqual([`127.0.0.1:${hostPort('kafka')}`])
    expect(`${settings.cassandra.host}:${settings.cassandra.port}`).toBe(inside('cassandra'))
    expect(new URL(settings.registryUrl).host).toBe(inside('registry'))
    expect(new URL(settings.sourceUrl).host).toBe(inside('source'))
  })
})

describe('safety', () => {
  /** Each with its reason beside it in the file. */
  const asRoot = ['registry-volume', 'spark-volume', 'localstack']

  test.each(all)(
    '%s gains no rights and has a limit of memory',
    (name, { cap_drop, security_opt, mem_limit, user }) => {
      expect(cap_drop).toEqual(name === 'localstack' ? [] : ['ALL'])
      expect(security_opt).toEqual(['no-new-privileges:true'])
      expect(mem_limit).toMatch(/^\d+[mg]$/)
      if (asRoot.includes(name)) expect(user ?? '0:0').toBe('0:0')
      else expect(user).toMatch(/^(?!0|root)\w+$/)
    },
  )

  test.each(longRunning)('%s says whether it is healthy', (_, { healthcheck }) => {
    expect(healthcheck?.test[0]).toBe('CMD')
  })

  test('who needs another waits until it is healthy or done', () => {
    const conditions = all.flatMap(([, { depends_on = {} }]) => Object.entries(depends_on))
    expect(conditions.length).toBeGreaterThan(0)
    for (const [name, { condition }] of conditions) {
      expect(condition).toBe(oneShots.includes(name) ? 'service_completed_successfully' : 'service_healthy')
    }
  })

  test('data is in named volumes; what is mounted from the clone cannot be written; only LocalStack has the socket', () => {
    for (const [name, { volumes: mounts = [] }] of all) {
      for (const mount of mounts) {
        const [from = ''] = mount.split(':')
        if (from === '/var/run/docker.sock') expect(name).toBe('localstack')
        else if (from.startsWith('./')) expect(mount).toMatch(/:ro$/)
        else expect(Object.keys(volumes)).toContain(from)
      }
    }
  })

  test('it holds no password and no token, and is not started without a login being made', () => {
    const secrets = all.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([key, value]) => /PASSWORD|SECRET|TOKEN|_KEY/.test(key) && value),
    )
    expect(secrets).toEqual([])
    expect(text).not.toMatch(/password:/i)
    expect(text).toMatch(/^name: sluice-\$\{SLUICE_ENVIRONMENT:\?/m)
  })
})
