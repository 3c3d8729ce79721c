import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, test } from 'vitest'
import { httpWorld, onlyProcess, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { freshRedis, hasRedis, needsRedis } from '../../../../test/support/redis.ts'
import { until } from '../../../../test/support/until.ts'
import { derivedId } from '#kernel'
import { product } from '../../../domains/catalog/language.ts'
import { ProductId } from '../../../domains/shared/index.ts'
import { memoryCache } from '../../../platform/storage/cache/memory.ts'
import type { Cache } from '../../../platform/storage/cache/port.ts'
import { redisCache } from '../../../platform/storage/cache/redis.ts'
import { twoLevels } from '../../../platform/storage/cache/two-levels.ts'
import { internalCalls, internalHeader } from '../../../platform/security/internal-calls.ts'
import type { Passed, PassedBack, PassOn } from '../../../platform/messaging/request-proxy/port.ts'
import { openRedis } from '../../../platform/engines/redis/connection.ts'
import type { HttpConfig, HttpDependencies } from '../dependencies.ts'
import { json } from './cached-response.ts'

const calls = internalCalls(Buffer.alloc(32, 9))
const opened = new Set<AsyncDisposable>()
afterEach(async () => {
  for (const one of [...opened].toReversed()) await one[Symbol.asyncDispose]()
  opened.clear()
})

/** A lifetime in ms that no test outlasts. */
const life = 3_600_000

const details = {
  name: 'Lamp',
  category: 'light',
  price: { amount: 1999, currency: 'EUR' as const },
}

/** An api process, and functions that change its products. */
const apiProcess = async () => {
  const api = await httpWorld({
    processes: { ...onlyProcess(), calls, audiences: () => ['api'], internalOnly: true },
  })
  opened.add(api)
  const origin = () => {
    const commandId = randomUUID()
    return { commandId, actorId: 'test', correlationId: commandId }
  }
  const id = derivedId(ProductId, randomUUID(), 'product')
  const change = async (name: string) => {
    const command = { type: 'UpdateProduct' as const, data: { ...details, name } }
    await api.deps.executor.execute(product, id, command, origin())
  }
  const created = { type: 'CreateProduct' as const, data: details }
  await api.deps.executor.execute(product, id, created, origin())
  await api.readModels.fold()

  const seen: (Passed & { readonly context: string })[] = []
  let isOpen = Promise.resolve()
  const passOn: PassOn = async (context, passed): Promise<PassedBack> => {
    if (context !== 'identity') seen.push({ ...passed, context })
    await isOpen
    const { method, url, headers, body, userId = '', address, correlationId } = passed
    const response = await api.app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...headers,
        ...(userId && { 'x-user-id': userId }),
        'x-forwarded-for': address,
        'x-correlation-id': correlationId,
        [internalHeader]: calls.tokenFor({ audience: 'api', method, url, userId, address }),
      },
      ...(body && { payload: body }),
    })
    return {
      status: response.statusCode,
      headers: response.headers as PassedBack['headers'],
      body: response.rawPayload,
    }
  }
  return {
    api,
    id,
    change,
    seen,
    passOn,
    /** Holds answers back until the returned function is called. */
    hold: () => {
      let let_ = () => {}
      isOpen = new Promise((resolve) => (let_ = resolve))
      return () => let_()
    },
  }
}

type Api = Awaited<ReturnType<typeof apiProcess>>

const gateway = async (
  { api, passOn }: Pick<Api, 'api' | 'passOn'>,
  {
    cache = memoryCache(),
    config = {},
    keeps = true,
  }: { cache?: Cache; config?: Partial<HttpConfig>; keeps?: boolean } = {},
): Promise<HttpWorld> => {
  const { executor, keys, feed } = api.deps
  const made = await httpWorld({
    executor,
    keys,
    feed,
    config,
    ...(keeps && { keeping: { cache, life } }),
    processes: {
      ...onlyProcess(),
      calls,
      isHere: (context) => ['system', 'discovery'].includes(context),
      passOn,
    },
  })
  opened.add(made)
  return made
}

const setUp = async (options: Parameters<typeof gateway>[1] = {}) => {
  const api = await apiProcess()
  const front = await gateway(api, options)
  return { ...api, front, get: getFrom(front) }
}

const getFrom =
  ({ anyone }: { readonly anyone: Call }) =>
  async (path: string, headers: Record<string, string> = {}) => {
    const { status, headers: said, body, text } = await anyone('GET', path, undefined, headers)
    return { status, headers: said, body, text, cache: said['x-cache'] }
  }

describe('a gateway', () => {
  test('answers a repetition from the cache for any caller, and marks it', async () => {
    const { get, seen, id, front } = await setUp()
    const path = `/products/${id}`
    const first = await get(path)
    expect(first).toMatchObject({ status: 200, cache: 'miss', body: { data: { name: 'Lamp' } } })
    expect(first.headers).not.toHaveProperty('age')
    const ada = await front.someone('ada')
    const second = await get(path, { authorization: `Bearer ${ada.token}` })
    expect(second).toMatchObject({ status: 200, cache: 'hit', text: first.text })
    expect(second.headers).toMatchObject({
      age: expect.stringMatching(/^\d+$/),
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'public, max-age=0, must-revalidate',
      vary: expect.stringContaining('accept-encoding'),
      'x-content-type-options': 'nosniff',
    })
    expect(second.headers['x-correlation-id']).not.toBe(first.headers['x-correlation-id'])
    for (const { headers } of [first, second])
      expect(headers).not.toHaveProperty('x-agora-position')
    expect(seen.length).toBe(1)
  })

  test('requests shared answers without the identity of the caller', async () => {
    const { get, seen, id, front } = await setUp()
    const ada = await front.someone('ada')
    await get(`/products/${id}`, {
      authorization: `Bearer ${ada.token}`,
      cookie: 'agora_token=x',
      'accept-encoding': 'gzip',
      'if-none-match': '*',
      range: 'bytes=0-1',
    })
    expect(seen[0]).toMatchObject({ method: 'GET', userId: undefined, body: undefined })
    expect(Object.keys(seen[0]?.headers ?? {}).toSorted()).toEqual(['accept', 'host'])
  })

  test('requests a new answer after a relevant event, and caches it', async () => {
    const { get, change, api, id } = await setUp()
    const path = `/products/${id}`
    await get(path)
    await change('Torch')
    await api.readModels.fold()
    const after = await until(
      () => get(path),
      ({ body }) => body.data.name === 'Torch',
    )
    expect(after.cache).toBe('miss')
    expect(await get(path)).toMatchObject({ cache: 'hit', body: { data: { name: 'Torch' } } })
  })

  test('keeps its cache on unrelated events', async () => {
    const { get, api, front, id, seen } = await setUp()
    await get(`/products/${id}`)
    await front.someone('ada')
    await get('/products')
    const heard = await api.log.head()
    await until(
      () => api.deps.feed.head(),
      (head) => head >= heard,
    )
    expect((await get(`/products/${id}`)).cache).toBe('hit')
    expect(seen.length).toBe(2)
  })

  test('does not cache an answer that an event has made stale', async () => {
    const near = memoryCache()
    let kept = 0
    const set: Cache['set'] = (...entry) => {
      kept += 1
      return near.set(...entry)
    }
    const { get, change, api, id } = await setUp({ cache: { get: near.get, set } })
    const path = `/products/${id}`
    await change('Torch')
    const heard = await api.log.head()
    await until(
      () => api.deps.feed.head(),
      (head) => head >= heard,
    )
    // The read model has not folded the event yet, and reports its position.
    expect(await get(path)).toMatchObject({ cache: 'miss', body: { data: { name: 'Lamp' } } })
    expect(await get(path)).toMatchObject({ cache: 'miss', body: { data: { name: 'Lamp' } } })
    expect(kept).toBe(0)
    await api.readModels.fold()
    expect(await get(path)).toMatchObject({ cache: 'miss', body: { data: { name: 'Torch' } } })
    expect(await get(path)).toMatchObject({ cache: 'hit', body: { data: { name: 'Torch' } } })
  })

  test('serves read-your-writes: a cached answer must have reached the requested position', async () => {
    const { get, change, api, id, seen } = await setUp()
    const path = `/products/${id}`
    await get(path)
    await change('Torch')
    const position = String(await api.log.head())
    expect(await get(`${path}?minPosition=${position}`)).toMatchObject({
      cache: 'miss',
      body: { data: { name: 'Torch' }, meta: { position } },
    })
    const before = seen.length
    for (const query of ['', '?minPosition=0', `?minPosition=${position}`])
      expect(await get(path + query)).toMatchObject({
        cache: 'hit',
        body: { data: { name: 'Torch' } },
      })
    expect(seen.length).toBe(before)
    expect(await get(`${path}?minPosition=${Number(position) + 1}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ field: 'minPosition' }] },
    })
  })

  test('sends one upstream request for concurrent requests, and another after an event', async () => {
    const { get, hold, seen, change, api, id } = await setUp()
    const path = `/products/${id}`
    const release = hold()
    const [one, two] = [get(path), get(path)]
    await until(
      () => seen.length,
      (count) => count === 1,
    )
    await change('Torch')
    await api.readModels.fold()
    const heard = await api.log.head()
    await until(
      () => api.deps.feed.head(),
      (head) => head >= heard,
    )
    const three = get(path)
    await until(
      () => seen.length,
      (count) => count === 2,
    )
    release()
    for (const answer of [await one, await two, await three]) expect(answer.status).toBe(200)
    expect((await three).body.data.name).toBe('Torch')
    expect(seen.length).toBe(2)
  })

  /** Counts cache look-ups: a request that has found nothing joins the others. */
  const countingCache = () => {
    const near = memoryCache()
    let looked = 0
    const get: Cache['get'] = (...asked) => {
      looked += 1
      return near.get(...asked)
    }
    return { cache: { get, set: near.set }, looked: () => looked }
  }

  test('does not share failures: each has its own trace id', async () => {
    const { cache, looked } = countingCache()
    const { get, hold } = await setUp({ cache })
    const release = hold()
    const path = `/products/${randomUUID()}`
    const asked = ['identity', 'identity', 'identity'].map((encoding) =>
      get(path, { 'accept-encoding': encoding, 'x-correlation-id': randomUUID() }),
    )
    await until(looked, (count) => count === 3)
    release()
    for (const { status, headers, body } of await Promise.all(asked)) {
      expect(status).toBe(404)
      expect(body.traceId).toBe(headers['x-correlation-id'])
    }
  })

  test('does not share streamed answers', async () => {
    const { cache, looked } = countingCache()
    const api = await apiProcess()
    const whole = JSON.stringify({ long: 'x'.repeat(300_000) })
    let asked = 0
    const release = api.hold()
    const passOn: PassOn = async (context, passed) => {
      asked += 1
      const back = await api.passOn(context, passed)
      return { ...back, headers: { 'content-type': json }, body: Readable.from([whole]) }
    }
    const get = getFrom(await gateway({ ...api, passOn }, { cache }))
    const answers = [get('/products'), get('/products')]
    await until(looked, (count) => count === 2)
    expect(asked).toBe(1)
    release()
    for (const { status, text } of await Promise.all(answers))
      expect([status, text.length]).toEqual([200, whole.length])
    expect(asked).toBe(2)
  })

  test('removes the position header also from answers that are not cached', async () => {
    const api = await apiProcess()
    const { anyone } = await gateway(api, { keeps: false })
    const { status, headers } = await anyone('GET', `/products/${api.id}`)
    expect(status).toBe(200)
    expect(headers).not.toHaveProperty('x-agora-position')
  })

  test('ignores entries from before it followed the log', async () => {
    const cache = memoryCache()
    const api = await apiProcess()
    const path = `/products/${api.id}`
    await getFrom(await gateway(api, { cache }))(path)
    // Only a process that has followed the log knows that no event has made the entry stale.
    await api.change('Torch')
    await api.api.readModels.fold()
    const heard = await api.api.log.head()
    await until(
      () => api.api.deps.feed.head(),
      (head) => head >= heard,
    )
    const late = getFrom(await gateway(api, { cache }))
    expect(await late(path)).toMatchObject({ cache: 'miss', body: { data: { name: 'Torch' } } })
  })

  test('uses one entry for every order of the query, and another for other values', async () => {
    const { get, seen } = await setUp()
    await get('/products?page=1&limit=5&category=light')
    for (const same of [
      '/products?category=light&limit=5&page=1',
      '/products?limit=5&minPosition=0&page=1&category=light',
      '/products/?limit=5&page=1&category=%6cight',
    ])
      expect((await get(same)).cache, same).toBe('hit')
    expect(seen.length).toBe(1)
    for (const other of [
      '/products?limit=5&page=1',
      '/products?limit=5&page=2&category=light',
      '/products?limit=5&page=1&category=light%22%5D',
      '/products?limit=5&page=1&category=light%26q%3Dx',
      '/products/categories',
    ])
      expect((await get(other)).cache, other).toBe('miss')
  })

  test('does not cache refusals, and refuses invalid queries', async () => {
    const { get, id, seen } = await setUp()
    await get(`/products/${id}`)
    await get('/products')
    const hostile = [
      '/products?minPosition=1&minPosition=2',
      '/products?minPosition=-1',
      '/products?minPosition=',
      '/products?minPosition[]=1',
      '/products?min%50osition=x',
      '/products?__proto__=x',
      '/products?constructor[prototype]=x',
      '/products?page=0',
      '/products?page=1&page=2',
      '/products?unknown=1',
      '/products/nothing',
      `/products/${id}?q=x`,
    ]
    for (const path of hostile) {
      const before = seen.length
      for (const time of [1, 2]) {
        const { status, cache } = await get(path)
        expect(`${status} ${String(cache)}`, `${path} ${time}`).toBe('400 undefined')
      }
      expect(seen.length, path).toBe(before + 2)
    }
    expect((await get(`/products/${randomUUID()}`)).status).toBe(404)
  })

  test('never shares an answer for one user', async () => {
    const { api, front, seen } = await setUp()
    const [ada, bob] = [await front.someone('ada'), await front.someone('bob')]
    await api.readModels.fold()
    for (const { id, token } of [ada, bob]) {
      const { body, headers } = await front.anyone('GET', '/users/me', undefined, {
        authorization: `Bearer ${token}`,
      })
      expect(body.data.userId).toBe(id)
      expect(headers).not.toHaveProperty('x-cache')
      expect(headers['cache-control']).toBe('no-store')
    }
    expect((await front.anyone('GET', '/users/me')).status).toBe(401)
    expect(seen.map(({ userId }) => userId)).toEqual([ada.id, bob.id])
  })

  test('counts cached answers in the metrics', async () => {
    const { get } = await setUp({ config: { rateLimit: { perUser: 5, perIp: 3 } } })
    const answers = [await get('/products'), await get('/products'), await get('/products')]
    expect(answers.map(({ cache }) => cache)).toEqual(['miss', 'hit', 'hit'])
    expect(answers.map(({ headers }) => headers['ratelimit-remaining'])).toEqual(['2', '1', '0'])
    expect((await get('/products')).status).toBe(429)
  })

  test('answers 304 until the content changes', async () => {
    const { get, change, api, front, id } = await setUp()
    const path = `/products/${id}`
    const { headers, text } = await get(path)
    const etag = String(headers.etag)
    expect(etag).toMatch(/^W\/"0\.[\w-]{22}"$/)
    for (const tags of [etag, `"other", ${etag}`, '*', etag.slice(2)]) {
      const same = await get(path, { 'if-none-match': tags })
      expect(same).toMatchObject({ status: 304, text: '', headers: { etag, 'x-cache': 'hit' } })
      expect(same.headers).not.toHaveProperty('content-type')
    }
    expect(await get(path, { 'if-none-match': 'W/"other"' })).toMatchObject({ status: 200, text })
    // Unrelated events move the read model's position; the content is the same.
    await front.someone('ada')
    const further = String(await api.log.head())
    const later = await get(`${path}?minPosition=${further}`, { 'if-none-match': etag })
    expect(later).toMatchObject({ status: 304, cache: 'miss', headers: { etag } })

    await change('Torch')
    const position = String(await api.log.head())
    const changed = await get(`${path}?minPosition=${position}`, { 'if-none-match': etag })
    expect(changed).toMatchObject({ status: 200, body: { data: { name: 'Torch' } } })
    expect(changed.headers.etag).not.toBe(etag)
  })

  test('answers HEAD from the same entry, without a body', async () => {
    const { get, front, id, seen } = await setUp()
    const path = `/api/v1/products/${id}`
    const head = () => front.app.inject({ method: 'HEAD', url: path })
    expect(await head()).toMatchObject({ statusCode: 200, body: '' })
    const { cache, text, headers } = await get(path)
    expect(cache).toBe('hit')
    const again = await head()
    expect(again.headers).toMatchObject({
      'x-cache': 'hit',
      etag: headers.etag,
      'content-length': String(text.length),
    })
    expect(seen.length).toBe(1)
  })

  test('compresses once for each encoding', async () => {
    const { get, front, change, api, seen, id } = await setUp()
    const path = `/products/${id}`
    await change('x'.repeat(200))
    const long = { ...details, description: 'Light. '.repeat(500) }
    await api.deps.executor.execute(
      product,
      id,
      { type: 'UpdateProduct', data: long },
      { commandId: randomUUID(), actorId: 'test', correlationId: randomUUID() },
    )
    const position = String(await api.log.head())
    const { text, headers } = await get(`${path}?minPosition=${position}`)
    for (const [encoding, unpack] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const)
      for (const expected of ['miss', 'hit']) {
        const accepted = encoding === 'br' ? 'gzip, br' : 'gzip;q=1, br;q=0.5'
        const answer = await front.app.inject({
          url: `/api/v1${path}`,
          headers: { 'accept-encoding': accepted },
        })
        expect(answer.headers).toMatchObject({
          'content-encoding': encoding,
          'x-cache': expected,
          etag: headers.etag,
        })
        expect(String(unpack(answer.rawPayload))).toBe(text)
      }
    const plain = await get(path, { 'accept-encoding': 'br;q=0, gzip;q=0' })
    expect(plain.headers).not.toHaveProperty('content-encoding')
    expect(plain.text).toBe(text)
    expect(seen.length).toBe(1)
  })

  test('shares entries with other processes, which check their freshness themselves', async () => {
    const cache = memoryCache()
    const { get, api, passOn, change, id } = await setUp({ cache })
    const other = getFrom(await gateway({ api, passOn }, { cache }))
    const path = `/products/${id}`
    const { text } = await get(path)
    expect(await other(path)).toMatchObject({ cache: 'hit', text })
    await change('Torch')
    await api.readModels.fold()
    for (const ask of [get, other]) {
      const { body } = await until(
        () => ask(path),
        (answer) => answer.body.data.name === 'Torch',
      )
      expect(body.data.name).toBe('Torch')
    }
  })

  test.skipIf(!hasRedis)(
    `shares through Redis, and continues during an outage of it${needsRedis}`,
    async () => {
      await using redis = await freshRedis()
      await using connections = new AsyncDisposableStack()
      const open = async () => {
        const connection = await openRedis(redis.url, { timeoutMs: 5_000 })
        connections.adopt(connection, (it) => it.close())
        return twoLevels(memoryCache(), redisCache(connection, { prefix: 'test:' }))
      }
      const raw = connections.adopt(new Redis(redis.url), (it) => it.disconnect())
      raw.on('error', () => undefined)
      const kept = () => raw.dbsize()
      const api = await apiProcess()
      const [one, other] = [
        getFrom(await gateway(api, { cache: await open() })),
        getFrom(await gateway(api, { cache: await open() })),
      ]
      const path = `/products/${api.id}`
      const { text } = await one(path)
      // The entry is stored after the answer is sent.
      await until(kept, (count) => count > 0)
      expect(await other(path)).toMatchObject({ cache: 'hit', text })
      expect(api.seen.length).toBe(1)
      await redis.kill()
      for (const ask of [one, other])
        expect(await ask(path)).toMatchObject({ status: 200, cache: 'hit', text })
      expect((await one('/products/categories')).status).toBe(200)
    },
  )

  test('ignores foreign entries of a cache', async () => {
    let value = ''
    const cache: Cache = {
      get: async (_key, isGood = () => true) => {
        const kept = { value: Buffer.from(value), leftMs: 1_000 }
        return isGood(kept) ? kept : undefined
      },
      set: async () => undefined,
    }
    const { get } = await setUp({ cache })
    for (value of ['', 'x', '1 W/"tag" -\n{}', '999 \n{"success":true}', '\n{}'])
      expect(await get('/products'), value).toMatchObject({ status: 200, cache: 'miss' })
    value = `999 W/"${'x'.repeat(22)}" -\n{"it":"does"}`
    expect(await get('/products')).toMatchObject({ cache: 'hit', body: { it: 'does' } })
  })
})

describe('a process with all roles', () => {
  const whole = async (keeping?: HttpDependencies['keeping']) => {
    const world = await httpWorld({ ...(keeping && { keeping }) })
    opened.add(world)
    const admin = await world.someone('root', 'admin')
    const created = await admin.call('POST', '/products', details)
    await world.readModels.fold()
    return { ...world, get: getFrom(world), admin, id: String(created.body.data.id) }
  }

  test('caches its own answers in the same way', async () => {
    const { get, admin, id, readModels } = await whole({ cache: memoryCache(), life })
    const path = `/products/${id}`
    const first = await get(path)
    expect(first).toMatchObject({ status: 200, cache: 'miss' })
    expect(first.headers).not.toHaveProperty('x-agora-position')
    expect(await get(path)).toMatchObject({ cache: 'hit', text: first.text })
    expect(await get(`/inventory/${id}`)).toMatchObject({
      cache: 'miss',
      body: { data: { available: 0 } },
    })
    const { body } = await admin.call('PUT', path, { ...details, name: 'Torch' })
    await readModels.fold()
    expect(await get(`${path}?minPosition=${body.meta.position}`)).toMatchObject({
      body: { data: { name: 'Torch' } },
    })
    await admin.call('DELETE', path)
    await readModels.fold()
    const gone = await until(
      () => get(path),
      ({ status }) => status === 404,
    )
    expect(gone.headers['cache-control']).toBe('no-store')
    for (const wrong of ['/products?page=0', '/products?minPosition=x', '/products/x'])
      expect((await get(wrong)).status).toBe(400)
  })

  test('caches nothing without a response cache', async () => {
    const { get, id } = await whole()
    for (const time of [1, 2]) {
      const { headers } = await get(`/products/${id}`)
      expect(headers['cache-control'], String(time)).toBe('no-store')
      expect(headers).not.toHaveProperty('x-cache')
    }
  })
})
