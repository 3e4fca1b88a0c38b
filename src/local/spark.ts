/**
 * Spark as a local service: a Spark Connect server that runs its queries itself, with two threads.
 * Not for what runs on it: see src/operations/jobs.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { querySettings } from '../core/job-template.ts'
import type { Command } from './child-process.ts'
import { sparkFolder } from './installation.ts'
import { javaCommand } from './java.ts'
import type { Ports } from './ports.ts'
import type { Folders, ProcessService } from './service.ts'

/** Packages of the JDK that Spark looks into. Source: org.apache.spark.launcher.JavaModuleOptions of Spark 4.0. */
const opened = [
  'java.lang',
  'java.lang.invoke',
  'java.lang.reflect',
  'java.io',
  'java.net',
  'java.nio',
  'java.util',
  'java.util.concurrent',
  'java.util.concurrent.atomic',
  'jdk.internal.ref',
  'sun.nio.ch',
  'sun.nio.cs',
  'sun.security.action',
  'sun.util.calendar',
]

/** Runs an application in a Spark of its own, with two threads: `application` is its file or class, and its arguments. */
export function sparkSubmit(
  temporary: string,
  settings: Readonly<Record<string, string | number>>,
  application: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Command {
  const home = sparkFolder()
  const all = {
    'spark.ui.enabled': false,
    // Each call of each job each second is five lines else.
    'spark.log.level': 'WARN',
    'spark.local.dir': temporary,
    'spark.sql.warehouse.dir': join(temporary, 'warehouse'),
    'spark.driver.host': '127.0.0.1',
    'spark.driver.bindAddress': '127.0.0.1',
    ...querySettings,
    ...settings,
  }
  return javaCommand(
    {
      service: 'spark',
      heapMegabytes: 768,
      options: [
        ...opened.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
        '-Djdk.reflect.useDirectMethodHandle=false',
        '-Dio.netty.tryReflectionSetAccessible=true',
      ],
      main: [
        ...['-cp', join(home, 'jars', '*'), 'org.apache.spark.deploy.SparkSubmit'],
        ...['--master', 'local[2]', '--name', 'sluice'],
        ...Object.entries(all).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
        ...application,
      ],
      env: { SPARK_HOME: home, SPARK_SCALA_VERSION: '2.13', SPARK_LOCAL_IP: '127.0.0.1', ...env },
    },
    temporary,
  )
}

/** The Spark Connect server of an environment; ready when it tells its version. */
export function sparkService(folders: Folders, ports: Ports, url: string): ProcessService {
  return {
    name: 'spark',
    // Nobody waits for it, and another attempt would begin from nothing.
    readyWithinMs: 300_000,
    stopWithinMs: 20_000,
    async prepare() {
      const temporary = folders.temporary('spark')
      mkdirSync(folders.data('spark'), { recursive: true })
      const settings = {
        'spark.connect.grpc.binding.address': '127.0.0.1',
        'spark.connect.grpc.binding.port': ports.spark,
        // A session that timed out would stop its queries.
        'spark.connect.session.manager.defaultSessionTimeout': -1,
      }
      const server = ['--class', 'org.apache.spark.sql.connect.service.SparkConnectServer', 'spark-internal']
      return sparkSubmit(temporary, settings, server)
    },
    async checkReady() {
      const { connectSpark } = await import('../connect/spark.ts')
      const session = connectSpark(url, 10_000)
      try {
        await session.version()
      } finally {
        await session.close()
      }
    },
  }
}
