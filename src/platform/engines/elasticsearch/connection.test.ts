import { errors } from '@elastic/elasticsearch'
import { expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import { openElasticsearch } from './connection.ts'

test('while Elasticsearch is away, one call a second tries it, and the others fail at once', async () => {
  let time = 0
  const changes: boolean[] = []
  // Port 1: nothing listens there.
  const connection = openElasticsearch('http://ann:5ecret@127.0.0.1:1', {
    now: () => time,
    onChange: (isUp) => changes.push(isUp),
  })
  let tries = 0
  const call = () =>
    connection.run(async (client) => {
      tries += 1
      await client.cluster.health()
    })
  expect(connection.isUp()).toBe(true)
  const failure = await call().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(Unavailable)
  expect(String(failure)).not.toContain('5ecret')
  time = 999
  await expect(call()).rejects.toThrow('Elasticsearch is away')
  expect([tries, connection.isUp(), changes]).toEqual([1, false, [false]])
  time = 1_000
  await Promise.all([
    expect(call()).rejects.toThrow('cannot be reached'),
    expect(connection.ping()).rejects.toThrow('is away'),
  ])
  expect([tries, changes]).toEqual([2, [false]])
  time = 2_000
  expect(await connection.run(async () => 'answer')).toBe('answer')
  expect([connection.isUp(), changes]).toEqual([true, [false, true]])
  await connection.close()
})

test('a prefix begins the names of indices, and is no part of the address of a node', async () => {
  const prefixOf = async (url: string) => {
    const connection = openElasticsearch(url)
    const nodes = await connection.run(async ({ connectionPool }) =>
      connectionPool.connections.map(({ url: { href } }) => href),
    )
    await connection.close()
    return [connection.prefix, ...nodes]
  }
  expect(await prefixOf('http://a:9200')).toEqual(['', 'http://a:9200/'])
  expect(await prefixOf('http://a:9200,https://b/es?prefix=shop_')).toEqual([
    'shop_',
    'http://a:9200/',
    'https://b/es',
  ])
})

test.each([
  [400, true],
  [429, true],
  [503, true],
  [401, false],
  [403, false],
  [502, false],
])(
  'an answer with %i is unavailable; whether others are tried meanwhile: %s',
  async (status, isUp) => {
    const connection = openElasticsearch('http://127.0.0.1:1')
    const failing = connection.run(() =>
      Promise.reject(
        new errors.ResponseError({
          body: {},
          statusCode: status,
          headers: {},
          warnings: null,
          meta: {} as never,
        }),
      ),
    )
    await expect(failing).rejects.toThrow(Unavailable)
    expect(connection.isUp()).toBe(isUp)
    await connection.close()
  },
)
