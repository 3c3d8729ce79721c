import { once } from 'node:events'
import { connect } from 'node:net'
import { Writable } from 'node:stream'
import fastify, { type FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { waitingFor } from './abandoned.ts'
import { onArrival } from '../arrival.ts'
import { shedding, type LoadLimits } from './shedding.ts'

const plenty: LoadLimits = { requests: 1_000, delay: 60_000, answer: 60_000 }

/** A server with a route that waits to be released, and one for probes. */
const served = async (loadLimits: Partial<LoadLimits>) => {
  const app = fastify()
  onArrival(app, [shedding(app, { ...plenty, ...loadLimits }).step])
  let waiting = 0
  const gate = Promise.withResolvers<void>()
  const wait = async () => {
    waiting += 1
    await gate.promise
    return { success: true }
  }
  app.get('/wait', wait)
  app.post('/wait', wait)
  app.get('/quick', async () => ({ success: true }))
  app.get('/probe', { config: { rateLimit: false } }, async () => ({ success: true }))
  app.get('/stream', (_request, reply) => {
    reply.raw.writeHead(200)
    reply.raw.write('first')
    void gate.promise.then(() => reply.raw.end(' last'))
    return reply.hijack()
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    url,
    open: gate.resolve,
    waiting: () => waiting,
    [Symbol.asyncDispose]: async () => {
      gate.resolve()
      await app.close()
    },
  }
}

const statusOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).status

test('requests beyond the limit are shed, and those in progress are served', async () => {
  await using server = await served({ requests: 10 })
  const { url, waiting, open } = server
  const statuses: number[] = []
  const all = Array.from({ length: 40 }, async () => statuses.push(await statusOf(`${url}/wait`)))
  await expect.poll(() => statuses.length).toBe(30)
  expect(waiting()).toBe(10)
  const refused = await fetch(`${url}/quick`)
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(((await refused.json()) as { code: string }).code).toBe('overloaded')
  expect(await statusOf(`${url}/probe`)).toBe(200)
  open()
  await Promise.all(all)
  expect(statuses.filter((status) => status === 200).length).toBe(10)
  expect(statuses.filter((status) => status === 503).length).toBe(30)
  expect(await statusOf(`${url}/quick`)).toBe(200)
})

test('a disconnected client frees its place', async () => {
  await using server = await served({ requests: 2 })
  const { url, waiting } = server
  const { port } = new URL(url)
  for (const round of [1, 2, 3]) {
    const sockets = [1, 2].map(() => connect(Number(port), '127.0.0.1'))
    for (const socket of sockets) socket.write('GET /wait HTTP/1.1\r\nHost: x\r\n\r\n')
    await expect.poll(waiting).toBe(round * 2)
    expect(await statusOf(`${url}/quick`)).toBe(503)
    for (const socket of sockets) socket.destroy()
    await expect.poll(() => statusOf(`${url}/quick`)).toBe(200)
  }
})

test.for(['GET', 'POST'])('an answer to a %s is given up when overdue', async (method) => {
  await using server = await served({ answer: 100 })
  const { url } = server
  const answer = await fetch(`${url}/wait`, {
    method,
    ...(method === 'POST' && {
      body: '{"a":1}',
      headers: { 'content-type': 'application/json' },
    }),
  })
  expect(answer.status).toBe(503)
  expect(((await answer.json()) as { code: string }).code).toBe('too_slow')
  expect(await statusOf(`${url}/quick`)).toBe(200)
})

test('streamed answers and slow senders have no answer timeout', async () => {
  await using server = await served({ answer: 100 })
  const { url, open, waiting } = server
  const stream = await fetch(`${url}/stream`)
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('POST /wait HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n')
  socket.write('Content-Length: 2\r\n\r\n{')
  // A later request is overdue, so that the earlier ones have been checked.
  expect(await statusOf(`${url}/wait`)).toBe(503)
  open()
  socket.write('}')
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1.1 200/)
  socket.destroy()
  expect(waiting()).toBe(2)
  expect(await stream.text()).toBe('first last')
})

test('a single delay does not shed requests', async () => {
  await using server = await served({ delay: 100 })
  const { url } = server
  const until = performance.now() + 2_000
  while (performance.now() < until);
  const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(`${url}/quick`)))
  expect(new Set(statuses)).toStrictEqual(new Set([200]))
})

test('a process with a delayed event loop sheds requests until it has recovered', async () => {
  await using server = await served({ delay: 100 })
  const { url } = server
  const busy = setInterval(() => {
    const until = performance.now() + 600
    while (performance.now() < until);
  }, 1)
  await expect.poll(() => statusOf(`${url}/quick`)).toBe(503)
  expect(await statusOf(`${url}/probe`)).toBe(200)
  clearInterval(busy)
  await expect.poll(() => statusOf(`${url}/quick`)).toBe(200)
})

test.for(['answers', 'fails', 'is stopped by a hook'] as const)(
  'a handler that %s after its answer was given up has no effect on the answer',
  async (how) => {
    const lines: string[] = []
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(String(chunk))
        done()
      },
    })
    const logger: FastifyBaseLogger = pino({ level: 'warn' }, stream)
    const app = fastify({ loggerInstance: logger })
    onArrival(app, [shedding(app, { ...plenty, answer: 50 }).step])
    const late = Promise.withResolvers<void>()
    const store = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    // Storing the outcome is slow as well, as receipts are while PostgreSQL hangs.
    app.addHook('onSend', async (_request, _reply, payload) => {
      await store.promise
      return payload
    })
    const end = async () => {
      await late.promise
      setImmediate(ended.resolve)
      if (how !== 'answers') throw new Error('A late failure')
      return { success: true }
    }
    app.addHook('preHandler', async () => void (how === 'is stopped by a hook' && (await end())))
    app.get('/late', end)
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    const asked = fetch(`${url}/late`)
    await expect.poll(() => lines.length).toBe(1)
    late.resolve()
    await ended.promise
    store.resolve()
    const answer = await asked
    expect(answer.status).toBe(503)
    expect(((await answer.json()) as { code: string }).code).toBe('too_slow')
    await app.close()
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'An answer took too long',
    ])
  },
)

test('waits of a request are cancelled when its answer is given up or its client disconnects', async () => {
  const app = fastify()
  onArrival(app, [shedding(app, { ...plenty, answer: 1_000 }).step])
  let [arrived, aborted] = [0, 0]
  app.get('/wait', async (request, reply) => {
    arrived += 1
    await new Promise<void>((resolve) => {
      waitingFor(request, reply).onOver(() => {
        aborted += 1
        resolve()
      })
    })
    return { success: true }
  })
  app.get('/quick', async (request, reply) => {
    const waiting = waitingFor(request, reply)
    reply.raw.once('close', () => setImmediate(() => (aborted += waiting.isOver ? 1 : 0)))
    return { success: true }
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  expect(await statusOf(`${url}/quick`)).toBe(200)
  expect(aborted).toBe(0)
  expect(await statusOf(`${url}/wait`)).toBe(503)
  expect(aborted).toBe(1)
  const client = new AbortController()
  const failure = fetch(`${url}/wait`, { signal: client.signal }).catch((error: unknown) => error)
  await expect.poll(() => arrived).toBe(2)
  client.abort()
  expect(await failure).toHaveProperty('name', 'AbortError')
  await expect.poll(() => aborted).toBe(2)
  await app.close()
})
