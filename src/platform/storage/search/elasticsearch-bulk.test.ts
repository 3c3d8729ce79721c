import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { openElasticsearch } from '../../engines/elasticsearch/connection.ts'
import { DocumentRefused, GenerationMissing } from '../documents/port.ts'
import { Unavailable } from '../../unavailable.ts'
import { writeBulk } from './elasticsearch-bulk.ts'

type Answer = { readonly status: number; readonly items?: readonly number[] }

const errorOf = (status: number, reason: string, type = `error_${status}`) =>
  status < 300 ? {} : { error: { type, reason } }

/**
 * A server that answers bulks as a test says, and records the keys of each.
 * @param answerTo called with the keys of a request, and the number of requests before it
 * @param reason of each error
 * @param type of each error; default: `error_` and its status
 */
const serverOf = async (
  answerTo: (keys: readonly string[], nth: number) => Answer,
  reason = 'for a test',
  type?: string,
) => {
  const requests: (readonly string[])[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const lines = (await text(request)).trim().split('\n')
    const keys = lines.map((line) => (JSON.parse(line) as { key: string }).key)
    const { status, items } = answerTo(keys, requests.length)
    requests.push(keys)
    response.writeHead(status, {
      'content-type': 'application/vnd.elasticsearch+json;compatible-with=8',
      'x-elastic-product': 'Elasticsearch',
    })
    response.end(
      JSON.stringify(
        items
          ? {
              items: items.map((one) => ({
                index: { status: one, ...errorOf(one, reason, type) },
              })),
            }
          : { ...errorOf(status, reason, type), status },
      ),
    )
  }
  const server = createServer((request, response) => void answer(request, response)).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const connection = openElasticsearch(`http://127.0.0.1:${port}`)
  return {
    requests,
    connection,
    write: (keys: readonly string[], bytes = 10) =>
      writeBulk(
        connection,
        'notes',
        keys.map((key) => ({ key, text: `${JSON.stringify({ key })}\n`, bytes })),
        () => new GenerationMissing('notes'),
      ),
    [Symbol.asyncDispose]: async () => {
      await connection.close()
      server.close()
      server.closeAllConnections()
    },
  }
}

const all = (keys: readonly string[], status = 201) => ({
  status: 200,
  items: keys.map(() => status),
})

test('documents that an overloaded server refuses are sent again, and those alone', async () => {
  await using server = await serverOf((keys, nth) =>
    nth < 3
      ? { status: 200, items: keys.map((_, at) => (at % 2 === 0 ? 201 : nth === 1 ? 503 : 429)) }
      : all(keys),
  )
  await server.write(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
  expect(server.requests.map((keys) => keys.join(''))).toEqual(['abcdefgh', 'bdfh', 'dh', 'h'])
})

test.each([429, 503])('a request that is answered with %i is sent again', async (status) => {
  await using server = await serverOf((keys, nth) => (nth < 2 ? { status } : all(keys)))
  await server.write(['a', 'b'])
  expect(server.requests.length).toBe(3)
})

test('a server that remains overloaded is unavailable, and nothing is taken for written', async () => {
  await using server = await serverOf((keys) => all(keys, 429))
  await expect(server.write(['a'])).rejects.toThrow(Unavailable)
  expect(server.requests.length).toBeGreaterThan(3)
})

test('documents that stand at their position or later are not sent again', async () => {
  await using server = await serverOf((keys) => all(keys, 409))
  await server.write(['a', 'b'])
  expect(server.requests.length).toBe(1)
})

test('a refused document is named after all others were written', async () => {
  await using server = await serverOf((keys, nth) => ({
    status: 200,
    items: keys.map((key) => (key === 'b' ? 400 : nth === 0 && key === 'c' ? 429 : 201)),
  }))
  const refused = await server.write(['a', 'b', 'c']).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(DocumentRefused)
  expect(refused).toMatchObject({ key: 'b', message: expect.stringContaining('error_400') })
  expect(server.requests.map((keys) => keys.join(''))).toEqual(['abc', 'c'])
})

test.each([400, 413, 500])(
  'the error of a document that is answered with %i names its field, never its value',
  async (status) => {
    const reason =
      "failed to parse field [total] of type [long] in document with id 'a'. Preview of field's value: 'ann@example.com'"
    await using server = await serverOf((keys) => all(keys, status), reason)
    const failure: unknown = await server.write(['a']).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      message: expect.stringContaining(`error_${status}: field total`),
    })
    expect(inspect(failure)).not.toContain('ann@example.com')
  },
)

test('the error of a blocked index gives the reason of the server', async () => {
  const reason = 'index [notes] blocked by: [FORBIDDEN/8/index write (api)];'
  await using server = await serverOf((keys) => all(keys, 403), reason, 'cluster_block_exception')
  await expect(server.write(['a'])).rejects.toThrow(reason)
})

test('requests that are too large are halved, and a single document that is too large is refused', async () => {
  await using server = await serverOf((keys) =>
    keys.length > 2 || keys.includes('e') ? { status: 413 } : all(keys),
  )
  const refused = await server.write(Array.from('abcdefgh')).catch((error: unknown) => error)
  expect(refused).toMatchObject({ name: 'DocumentRefused', key: 'e' })
  const written = server.requests.filter((keys) => keys.length <= 2 && !keys.includes('e'))
  expect(written.flat()).toEqual(Array.from('abcdfgh'))
})

test('requests are split by bytes and by number', async () => {
  await using server = await serverOf((keys) => all(keys))
  await server.write(['a', 'b', 'c'], 2_000_000)
  await server.write(Array.from({ length: 2_001 }, (_, nth) => `${nth}`))
  expect(server.requests.map(({ length }) => length)).toEqual([2, 1, 1_000, 1_000, 1])
})

test('an index that is not there is missing', async () => {
  await using server = await serverOf((keys) => all(keys, 404))
  await expect(server.write(['a'])).rejects.toThrow(GenerationMissing)
})

test.each([401, 403, 500])(
  'a document that is answered with %i is not taken for refused',
  async (status) => {
    await using server = await serverOf((keys) => all(keys, status))
    const failure = await server.write(['a']).catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'Unavailable' })
  },
)
