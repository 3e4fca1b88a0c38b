/**
 * The sockets of one kafkajs client. What a broker refuses for good ends kafkajs' attempts at once, where it would go on
 * for a quarter of a minute; the port that speaks the wrong protocol just hangs up, and is asked what it speaks.
 */
import { connect as connectPlain, isIP, Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ISocketFactoryArgs } from 'kafkajs'
import { isRefusal, materialUnusable, refusal, refusalIn, speaksPlaintext, speaksTls } from './kafka-refusal.ts'

const keepAliveMs = 60_000
const probeTimeoutMs = 2_000
/** For how long a refusal is not asked for again, in ms: longer than kafkajs' longest pause between two attempts. */
const refusalMs = 6_000

/** What kafkajs is configured with, and what its clients are wrapped in. */
export type KafkaSockets = {
  /** The bootstrap servers, those left out that refused. Without any kafkajs stops. */
  brokers(): Promise<string[]>
  socketFactory(args: ISocketFactoryArgs): Socket
  /** The client with a `connect` that fails with KAFKA_REFUSED as soon as that is known. */
  failingSoon<T extends { connect(): Promise<void> }>(client: T): T
}

/** Sockets for a comma-joined host:port list. */
export function kafkaSockets(bootstrapServers: string): KafkaSockets {
  const servers = bootstrapServers.split(',')
  const refusals = new Map<string, { readonly code: string; readonly at: number }>()
  let probing: Promise<void> = Promise.resolve()

  const refusalOf = (server: string) => {
    const found = refusals.get(server)
    return found && Date.now() - found.at < refusalMs ? found.code : undefined
  }
  const refuse = (server: string, code: string) => refusals.set(server, { code, at: Date.now() })
  const probe = (host: string, port: number) => {
    probing = Promise.all([probing, answersPlaintext(host, port)]).then(([, isPlaintext]) => {
      if (isPlaintext) refuse(`${host}:${port}`, speaksPlaintext)
    })
  }

  const open = ({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket => {
    const server = `${host}:${port}`
    if (!ssl) {
      return connectPlain({ host, port }, onConnect).once('data', (answer) => {
        if (isTlsAlert(answer)) refuse(server, speaksTls)
      })
    }
    let isSecure = false
    // TLS names hosts only; an address is compared with those in the certificate all the same.
    const socket = connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, () => {
      isSecure = true
      onConnect()
    })
    return socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (isRefusal(code)) refuse(server, code)
      else if (!isSecure && code === 'ECONNRESET') probe(host, port)
    })
  }

  return {
    async brokers() {
      await probing
      return servers.filter((server) => refusalOf(server) === undefined)
    },
    socketFactory(args) {
      const server = `${args.host}:${args.port}`
      const code = refusalOf(server)
      if (code !== undefined) return failed(code)
      try {
        return open(args).setKeepAlive(true, keepAliveMs)
      } catch {
        refuse(server, materialUnusable)
        return failed(materialUnusable)
      }
    },
    failingSoon(client) {
      const connect = client.connect
      client.connect = async () => {
        refusals.clear()
        try {
          await connect()
        } catch (cause) {
          const codes = servers.map(refusalOf)
          const [code] = codes
          if (code !== undefined && !codes.includes(undefined)) throw refusal(code, servers[0], cause)
          throw refusalIn(cause, bootstrapServers) ?? cause
        }
      }
      return client
    },
  }
}

/** A socket that fails with a code as soon as somebody listens. */
function failed(code: string): Socket {
  return new Socket().destroy(Object.assign(new Error(code), { code }))
}

/** A TLS record of type alert (21), version 3.x; as the size of an answer of Kafka it would be 352 MB. */
function isTlsAlert(answer: Buffer): boolean {
  return answer[0] === 21 && answer[1] === 3
}

/** ApiVersions v0: size, api key 18, version 0, correlation id 1, no client id. */
const apiVersionsRequest = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 255, 255])

/** Whether Kafka's first request is answered without TLS: size, correlation id 1, then the versions. */
async function answersPlaintext(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connectPlain({ host, port, timeout: probeTimeoutMs }, () => socket.write(apiVersionsRequest))
  socket.once('data', (answer) => resolve(answer.length >= 8 && answer.readInt32BE(4) === 1))
  for (const end of ['error', 'close', 'timeout']) socket.once(end, () => resolve(false))
  return promise.finally(() => socket.destroy())
}
