import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { startAgora, temporaryData } from '../support/agora.ts'

/** Most modules that a start with the embedded PostgreSQL may load, dependencies included. */
const mostModules = 2_540

/** Packages that only some starts need: with EventStoreDB, a trace store, several processes, an identity provider, S3, brokers, a terminal. */
const unneeded = [
  '@eventstore/db-client',
  '@opentelemetry/otlp-exporter-base',
  '@grpc/grpc-js',
  'google-protobuf',
  'undici',
  'openid-client',
  'bullmq',
  'ioredis',
  '@aws-sdk/client-s3',
  'amqplib',
  '@platformatic/kafka',
  '@nats-io/transport-node',
  'pino-pretty',
]

const hook = pathToFileURL(join(import.meta.dirname, 'support/loaded-modules.ts'))

const packageOf = (url: string): string =>
  /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? ''

test('a start stays within its budget of modules, and loads none that its configuration does not need', async () => {
  await using data = await temporaryData()
  const file = join(data.path, 'loaded')
  {
    await using agora = await startAgora(join(data.path, 'agora'), {
      NODE_OPTIONS: `--import ${hook.href}`,
      LOADED_MODULES: file,
    })
    expect((await agora.stop()).code).toBe(0)
  }
  const loaded = (await readFile(file, 'utf8')).split('\n')
  const packages = Map.groupBy(loaded, packageOf)
  expect(packages.has('fastify'), 'modules are counted').toBe(true)

  expect(unneeded.filter((name) => packages.has(name))).toEqual([])
  const sizes = [...packages].map(([name, urls]) => ({
    name: name || 'Agora',
    modules: urls.length,
  }))
  const largest = sizes.toSorted((a, b) => b.modules - a.modules).slice(0, 15)
  const summary = largest.map(({ name, modules }) => `${name} ${modules}`).join(', ')
  expect(loaded.length, `modules loaded; most of them: ${summary}`).toBeLessThanOrEqual(mostModules)
})
