import { createECDH, createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from '../../src/edges/cli/program.ts'
import { redisKeys } from '../../src/app/redis-keys.ts'
import { logIdentity } from '../../src/platform/storage/log-identity/log-identity.ts'
import { openDatabase, type Database } from '../../src/platform/engines/postgres/database.ts'
import { bullmqQueue } from '../../src/platform/messaging/queue/bullmq.ts'
import { postgresQueue } from '../../src/platform/messaging/queue/postgres.ts'
import { contentOfIndices } from './elasticsearch.ts'
import { contentOfMongo } from './mongo.ts'
import { gigOrderWith, newSeller, offerGig } from './marketplace.ts'
import { contentOfRedis } from './redis.ts'
import { callAt, root, successOf, type Person, type Shop } from './shop.ts'
import { until } from './until.ts'
import { uploadTo } from './upload.ts'

/** An Agora of one or more processes, and where it keeps things. */
export type Forgetful = AsyncDisposable & {
  /** Every process that answers. */
  readonly shops: readonly [Shop, ...Shop[]]
  readonly data: string
  readonly postgresUrl: string
  /** Where the log is, if it is not with all else. */
  readonly logUrl?: string
  readonly redisUrl?: string
  /** Of the Elasticsearch that has the search read models. */
  readonly elasticsearchUrl?: string
  /** Of the MongoDB that has a read model with data of users. */
  readonly mongoUrl?: string
}

/** A user whose data occurs nowhere else by chance. */
const zephyrine = {
  email: 'z.quillfeather@unusual-mail.example',
  password: 'a long password',
  username: 'quillzeph',
  name: 'Zéphyrine Quillfeather',
}
const address = {
  name: 'Zephyrine at the mill',
  line1: 'Wobbleton Crescent 77',
  line2: 'Behind the glockenspiel',
  city: 'Umbrellaford',
  postalCode: 'WQ7 7XZ',
  country: 'GB',
}
const profile = {
  bio: 'Collects barometers from Krakatoa',
  username: 'quillzephyra',
  displayName: 'Quillfeather Wares',
  about: 'Barometers, mended by moonlight',
}
const { country: _, ...traces } = address
const browser = 'Wobblefox/77 (steam)'
/** A gig of hers. */
const gig = {
  title: 'Barographs recalibrated in Wobbleton',
  description: 'Glass tubes blown by Zephyrine herself',
  category: 'barographology',
  tags: ['quicksilvery'],
  packages: [
    {
      name: 'Aneroid treatment',
      description: 'Includes a ride in the steam balloon',
      price: { amount: 5_000, currency: 'EUR' },
      deliveryDays: 3,
      revisions: 1,
    },
  ],
}
const repriced = { packages: [{ ...gig.packages[0], name: 'Hygroscopic treatment' }] }
/** Words of her review. */
const comment = 'Shines like the lighthouse of Glockenspiel Bay'
/** Reasons given by her and about her, in every field for one. */
const reasons = {
  cancelling: 'The glockenspiel arrived from Aunt Wobbleton',
  ending: 'Left my steam engine at the Umbrella Inn',
  suspending: 'Quarrelled about barometers again',
}
/** What she wrote to a friend, and how she changed it. */
const chat = {
  said: 'Fetch the gramophone from the lighthouse',
  corrected: 'Fetch the phonograph from the lighthouse',
}
/** Her words about orders of gigs: as a buyer, and as the seller. */
const work = {
  requirements: 'A zeppelin moored at the lighthouse',
  revision: 'The zeppelin needs more barnacles',
  delivery: 'Your barograph ticks like a metronome in Wobbleton',
  proposal: 'My workshop was flooded by the tide of Krakatoa',
}
/** Number of her parcel. */
const tracking = 'ZEPH-WOBBLE-7731'
/** What she posted, how she changed it, and what she said of a friend's post. */
const social = {
  content: 'The zeppelin leaves from #Krakatoabay at dawn',
  edited: 'The dirigible leaves from #Krakatoabay at dusk',
  comment: 'Bring the astrolabe along',
}
/** What she searched for, as her client has reported it. */
const searchedFor = 'Theremin tuned at the lighthouse'
/** A text file of hers, and its name. */
const file = { name: 'Logbook of the steam yacht.txt', bytes: 'Moored at Glockenspiel Bay at dawn' }
/** Her browser and her telephone, and what an admin wrote to her. */
const devices = {
  endpoint: 'https://push.wobblefox.example/send/steam-whistle-of-the-yacht',
  auth: 'Z2xvY2tlbnNwaWVsd29iYg',
  number: '+4477317731773',
  letter: 'Dear Madam, your pneumatic tube is blocked',
}
/** Texts that must be found in no store after the erasure. */
const needles = [
  zephyrine.email,
  zephyrine.username,
  zephyrine.name,
  ...Object.values(traces),
  ...Object.values(profile),
  // Search stores words as well.
  'quillfeather',
  'krakatoa',
  gig.title,
  gig.description,
  gig.category,
  ...gig.tags,
  'aneroid treatment',
  'hygroscopic treatment',
  'steam balloon',
  ...Object.values(reasons),
  ...Object.values(chat),
  ...Object.values(work),
  ...Object.values(social),
  searchedFor,
  'krakatoabay',
  'zeppelin',
  'dirigible',
  comment,
  browser,
  tracking,
  file.name,
  file.bytes,
  ...Object.values(devices),
]

/** Every row of every table of ours, in every schema, with its bytes as text as well. */
const rowsOf = async (database: Database): Promise<ReadonlyMap<string, string>> => {
  const tables = await database.query<{ name: string }>(`
    SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT LIKE 'pg\\_%' AND table_schema <> 'information_schema'`)
  const rows = new Map<string, string>()
  for (const { name } of tables) {
    const found = await database.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`)
    rows.set(name, found.map(({ row }) => row).join('\n'))
  }
  return rows
}

/** Every file of a folder, with its name. */
const filesOf = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) =>
    file.isFile(),
  )
  const read = files.map(async ({ parentPath, name }): Promise<[string, string]> => {
    const path = join(parentPath, name)
    return [path, `${path}\n${await readFile(path, 'utf8')}`]
  })
  return new Map(await Promise.all(read))
}

/** Places that contain one of the texts, as text, hex or base64. */
const tracesIn = (places: ReadonlyMap<string, string>, wanted = needles): readonly string[] =>
  [...places].flatMap(([place, content]) => {
    const lower = content.toLowerCase()
    return wanted
      .filter((needle) =>
        [needle, Buffer.from(needle).toString('hex'), Buffer.from(needle).toString('base64')].some(
          (shape) => lower.includes(shape.toLowerCase()),
        ),
      )
      .map((needle) => `${place}: ${needle}`)
  })

/**
 * Tests of an erasure in every store.
 * @param where describes the Agora
 * @param open starts it
 */
export const forgetting = (where: string, open: () => Promise<Forgetful>) =>
  describe(`an erased user, ${where}`, () => {
    let agora: Forgetful
    let shop: Shop
    let database: Database
    let farDatabase: Database | undefined
    let her: Person
    let orderId: string
    let gigId: string
    let boughtId: string
    let soldIds: readonly string[]
    let reviewId: string
    let postId: string
    let friendsPost: { readonly id: string; readonly friend: Person }
    let mediaId: string
    let receipt: { out: string; code: number; stderr: string }
    const all = new AsyncDisposableStack()
    beforeAll(async () => {
      agora = all.use(await open())
      shop = agora.shops[0]
      const opened = (url: string) => all.adopt(openDatabase(url), (it) => it.close())
      database = opened(agora.postgresUrl)
      farDatabase = agora.logUrl === undefined ? undefined : opened(agora.logUrl)
    }, 120_000)
    afterAll(() => all.disposeAsync())

    /** The content of all stores, by place. */
    const everything = async (): Promise<ReadonlyMap<string, string>> => {
      const far = farDatabase ? await rowsOf(farDatabase) : new Map<string, string>()
      return new Map([
        ...(await rowsOf(database)),
        ...[...far].map(([table, rows]): [string, string] => [`far ${table}`, rows]),
        ...(await filesOf(agora.data)),
        ...(agora.redisUrl === undefined ? [] : await contentOfRedis(agora.redisUrl)),
        ...(await inElasticsearch()),
        ...(agora.mongoUrl === undefined ? [] : await contentOfMongo(agora.mongoUrl)),
      ])
    }
    const inElasticsearch = async () =>
      agora.elasticsearchUrl === undefined ? [] : contentOfIndices(agora.elasticsearchUrl)

    /** Parks a mail job whose error contains the address. */
    const failToTell = async (): Promise<void> => {
      await using all = new AsyncDisposableStack()
      const queue = all.adopt(
        agora.redisUrl === undefined
          ? postgresQueue(database)
          : await bullmqQueue(agora.redisUrl, {
              schema: redisKeys(await logIdentity(database)).jobs,
            }),
        (it) => it.close(),
      )
      await queue.add('letters', [{ id: 'to-her', data: [{ userId: her.id }] }])
      const fail = async () => {
        throw new Error(`450 <${zephyrine.email}>: mailbox busy`)
      }
      await queue.work('letters', fail, { attempts: 1 })
      await until(
        () => queue.counts('letters'),
        ({ parked }) => parked === 1,
      )
    }

    const admin = async (method: 'GET' | 'POST', path: string, body?: unknown) =>
      (await shop.admin()).call(method, path, body)

    const type = async (...args: readonly string[]) => {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()]
      const code = await runCli(args, {
        env: { AGORA_URL: shop.url, ADMIN_EMAIL: root.email, ADMIN_PASSWORD: root.password },
        stdout,
        stderr,
        signal: new AbortController().signal,
        openLog: async () => undefined,
        eventTypes: async () => new Set(),
        tryRules: () => Promise.reject(new Error('No log is meant')),
        logs: {
          open: () => Promise.reject(new Error('No log is meant')),
          serve: () => Promise.reject(new Error('No log is meant')),
          switchTo: () => Promise.reject(new Error('No log is meant')),
          verify: () => Promise.reject(new Error('No log is meant')),
          census: () => Promise.reject(new Error('No log is meant')),
          archives: () => Promise.reject(new Error('No log is meant')),
        },
      })
      stdout.end()
      stderr.end()
      return { code, out: await text(stdout), stderr: await text(stderr) }
    }

    const mails = async () => [...(await filesOf(join(agora.data, 'outbox'))).values()]

    test('has left traces in the stores, but not in the log', async () => {
      successOf(
        await shop.anyone('POST', '/auth/register', zephyrine, { 'idempotency-key': randomUUID() }),
        201,
      )
      her = await shop.signIn(zephyrine)
      const { email, password } = zephyrine
      await shop.anyone('POST', '/auth/login', { email, password }, { 'user-agent': browser })
      const lamp = await shop.sell(10)
      const keyed = { 'idempotency-key': randomUUID() }
      const basket = {
        items: [{ kind: 'product', refId: lamp, quantity: 2 }],
        paymentMethod: { token: 'tok_ok' },
        shippingAddress: address,
      }
      orderId = successOf(await her.call('POST', '/orders', basket, keyed), 202).body.data.id
      await her.settled(orderId)
      const parcel = { orderId, method: 'express', tracking }
      const path = `/shipping/order/${orderId}`
      await until(
        async () => successOf(await her.call('GET', path), 200).body.data.shipments,
        ({ length }) => length === 1,
      )
      successOf(await (await shop.admin()).call('POST', '/shipping/shipments', parcel), 200)
      const written = { subjectType: 'product', subjectId: lamp, orderId, rating: 5, comment }
      const posted = await her.call('POST', '/reviews', written, {
        'idempotency-key': randomUUID(),
      })
      reviewId = successOf(posted, 201).body.data.id
      const slow = { ...basket, paymentMethod: { token: 'tok_slow' } }
      const off = successOf(await her.call('POST', '/orders', slow), 202).body.data.id
      const { cancelling, ending, suspending } = reasons
      successOf(await her.call('POST', `/orders/${off}/cancel`, { reason: cancelling }), 200)
      expect((await her.settled(off)).reason).toBe(cancelling)
      const { sessions } = await until(
        async () => successOf(await her.call('GET', '/auth/sessions'), 200).body.data,
        ({ total }) => total > 1,
      )
      const { id: ended } = sessions.find(({ current }: { current: boolean }) => !current)
      const because = encodeURIComponent(ending)
      successOf(await her.call('DELETE', `/auth/sessions/${ended}?reason=${because}`), 200)
      const suspended = { suspended: true, reason: suspending }
      const root = await shop.admin()
      successOf(await root.call('PATCH', `/admin/users/${her.id}`, suspended), 200)
      successOf(await root.call('PATCH', `/admin/users/${her.id}`, { suspended: false }), 200)
      her = await shop.signIn(zephyrine)
      const { bio, username, ...seller } = profile
      const changing = { 'idempotency-key': randomUUID() }
      successOf(await her.call('PATCH', `/users/${her.id}`, { bio, username }, changing), 200)
      successOf(await her.call('POST', '/users/me/seller', seller), 202)
      await shop.anyone('POST', '/auth/login', { ...zephyrine, password: 'a wrong password' })
      const friend = await shop.register()
      await friend.call('POST', `/users/${her.id}/follow`)
      const uploaded = await uploadTo(`${shop.url}/api/v1`, her.token, [file], {
        'idempotency-key': randomUUID(),
      })
      expect(uploaded.status).toBe(201)
      mediaId = uploaded.body.data.media[0].id
      // Two files of the same bytes.
      expect((await uploadTo(`${shop.url}/api/v1`, her.token, [file])).status).toBe(201)
      const conversation = { participantId: friend.id }
      const talk = successOf(await her.call('POST', '/chat/conversations', conversation), 201)
      const messages = `/chat/conversations/${talk.body.data.id}/messages`
      const onceMore = { 'idempotency-key': randomUUID() }
      const sending = await her.call('POST', messages, { text: chat.said }, onceMore)
      const said = successOf(sending, 201)
      const correction = { text: chat.corrected }
      successOf(await her.call('PATCH', `/chat/messages/${said.body.data.id}`, correction), 200)
      const published = await her.call(
        'POST',
        '/posts',
        { content: social.content },
        { 'idempotency-key': randomUUID() },
      )
      postId = successOf(published, 201).body.data.id
      const corrected = { content: social.edited }
      successOf(await her.call('PATCH', `/posts/${postId}`, corrected), 200)
      const theirs = successOf(await friend.call('POST', '/posts', { content: 'Ahoy' }), 201)
      friendsPost = { id: theirs.body.data.id, friend }
      const remarks = `/posts/${friendsPost.id}/comments`
      successOf(await her.call('POST', remarks, { content: social.comment }), 201)
      const search = { eventType: 'search', metadata: { q: searchedFor, results: 0 } }
      successOf(await her.call('POST', '/analytics/event', search), 202)
      successOf(await her.call('POST', `/posts/${friendsPost.id}/like`), 200)
      await database.query({
        text: `INSERT INTO agora.dead_letters (id, kind, name, key, position, type, error)
        VALUES ($1, 'saga', 'none', $2, 1, 'UserRegistered', $3)`,
        values: [randomUUID(), her.id, `Error: no mail can be sent to ${zephyrine.email}`],
      })
      await until(mails, (found) => found.some((mail) => mail.includes(zephyrine.email)))
      await until(
        async () => (await admin('GET', `/users/search?q=${username}`)).body.data.users,
        ({ length }) => length === 1,
      )
      await failToTell()
      // With the new role comes a new token.
      const roles = async () => (await admin('GET', `/admin/users/${her.id}`)).body.data.roles
      await until(roles, (held) => held.includes('seller'))
      her = await shop.signIn(zephyrine)
      const offered = successOf(
        await her.call('POST', '/gigs', gig, { 'idempotency-key': randomUUID() }),
        201,
      ).body.data
      successOf(await her.call('PATCH', `/gigs/${offered.id}`, repriced), 200)
      successOf(await her.call('POST', `/gigs/${offered.id}/publish`), 200)
      successOf(await her.call('POST', '/gigs', { ...gig, title: 'A draft of Krakatoa' }), 201)
      gigId = offered.id
      const orderOf = (refId: string, ordered: string) => ({
        items: [{ kind: 'gig', refId, package: ordered, quantity: 1 }],
        paymentMethod: { token: 'tok_ok' },
      })
      const onOrder = async (by: Person, id: string, what: string, body: object) =>
        successOf(
          await by.call('POST', `/orders/${id}/${what}`, body, { 'idempotency-key': randomUUID() }),
          200,
        )
      const maker = await newSeller(shop)
      const logo = orderOf(await offerGig(maker), 'Basic')
      const wished = { ...logo, requirements: work.requirements }
      boughtId = successOf(await her.call('POST', '/orders', wished), 202).body.data.id
      await gigOrderWith(her, boughtId, 'IN_PROGRESS', 'AUTHORIZED')
      await onOrder(maker, boughtId, 'deliver', { message: 'Here' })
      await onOrder(her, boughtId, 'revision', { message: work.revision })
      const treatment = orderOf(gigId, 'Hygroscopic treatment')
      const sold = await Promise.all(
        [1, 2].map(async () => {
          const reply = await friend.call('POST', '/orders', treatment)
          const { id } = successOf(reply, 202).body.data
          await gigOrderWith(her, id, 'IN_PROGRESS', 'AUTHORIZED')
          return String(id)
        }),
      )
      soldIds = sold
      await onOrder(her, sold[0]!, 'deliver', { message: work.delivery })
      await onOrder(her, sold[1]!, 'cancel', { reason: work.proposal })
      await until(
        async () => (await shop.anyone('GET', '/search/gigs?q=barographs')).body.data,
        ({ total }) => total === 1,
      )

      const { endpoint, auth, number, letter } = devices
      const p256dh = createECDH('prime256v1').generateKeys('base64url')
      for (const device of [
        { kind: 'phone', number },
        { kind: 'webpush', subscription: { endpoint, keys: { p256dh, auth } } },
      ])
        successOf(
          await her.call('POST', '/notifications/devices', device, {
            'idempotency-key': randomUUID(),
          }),
          201,
        )
      const told = { userId: her.id, channel: 'in_app', text: letter }
      successOf(await (await shop.admin()).call('POST', '/notifications', told), 202)
      await until(mails, (found) => found.some((text) => text.includes(number)))
      await until(
        async () => tracesIn(await everything(), [endpoint, letter]),
        (found) => [endpoint, letter].every((text) => found.some((place) => place.endsWith(text))),
      )

      const places = await everything()
      const traces = tracesIn(places)
      for (const place of [
        'read.',
        'read.shipments',
        join(agora.data, 'blobs/stored'),
        agora.elasticsearchUrl === undefined ? 'read.search_users' : 'elasticsearch search_users',
        agora.redisUrl === undefined ? 'agora.jobs' : 'agora:{jobs-',
        agora.elasticsearchUrl === undefined ? 'read.search_gigs' : 'elasticsearch search_gigs',
        agora.elasticsearchUrl === undefined ? 'read.search_posts' : 'elasticsearch search_posts',
        'read.posts',
        'read.comments',
        'read.devices',
        agora.mongoUrl === undefined ? 'read.gigs' : 'mongo gigs',
        agora.mongoUrl === undefined ? 'read.reviews' : 'mongo reviews',
        agora.mongoUrl === undefined ? 'read.activities' : 'mongo activities',
        ...(agora.mongoUrl === undefined ? [] : ['mongo ']),
      ])
        expect(traces.filter((trace) => trace.startsWith(place))).not.toEqual([])
      const log = agora.logUrl === undefined ? 'agora.events' : 'far agora.events'
      expect(places.get(log)).toContain(her.id)
      expect(tracesIn(new Map([['log', places.get(log)!]]))).toEqual([])
      // Every process decrypts them for readers who may see them.
      for (const { url } of agora.shops) {
        const call = callAt(url, her.token)
        const order = await call('GET', `/orders/${orderId}`)
        expect(order.body.data.shippingAddress).toEqual(address)
        const me = await call('GET', '/users/me')
        expect(me.body.data).toMatchObject({ email: zephyrine.email })
      }
    })

    test('is erased by one command, which prints a receipt of every store', async () => {
      receipt = await type('forget', zephyrine.email, '--yes')
      expect(receipt.code).toBe(0)
      expect(receipt.stderr).toMatch(
        new RegExp(`^These paid orders have lost their address[^\n]+: ${orderId}\n$`),
      )
      const inQueue = agora.redisUrl === undefined ? 'failures of jobs' : 'failures in Redis'
      for (const place of ['log', 'answers to requests', 'parked events', 'outbox', inQueue])
        expect(receipt.out).toMatch(new RegExp(`^${place} +([1-9]\\d*) +\\1( |$)`, 'm'))
      for (const place of ['snapshots', 'files', 'read.accounts_g1', 'backups', 'exports'])
        expect(receipt.out).toContain(place)
      const models =
        agora.mongoUrl === undefined
          ? []
          : ['notifications', 'gigs', 'reviews', 'accounts_in_mongo']
      for (const model of models) expect(receipt.out).toContain(`mongo ${model}_g1`)
      expect(receipt.out).toContain('none has data of them any more')
      expect(receipt.out).toContain(`${her.id} is erased; the key`)
      expect(tracesIn(new Map([['receipt', receipt.out]]))).toEqual([])
    })

    test('is found in no store any more', async () => {
      const places = await everything()
      expect(tracesIn(places)).toEqual([])
      // The counters of sign-in attempts hold nothing of her either.
      const stands = createHash('sha256').update(zephyrine.email).digest('hex')
      const redis = [...places].filter(([place]) => place.startsWith('agora:count:')).flat()
      expect(redis.filter((text) => text.includes(stands) || text.includes(her.id))).toEqual([])
    })

    test('is found in no answer any more, for any caller', async () => {
      for (const { url } of agora.shops)
        await until(
          () => callAt(url, her.token)('GET', '/users/me'),
          ({ status }) => status === 401,
        )
      const { email, password } = zephyrine
      expect((await shop.anyone('POST', '/auth/login', { email, password })).status).toBe(401)
      expect((await admin('GET', `/users/${her.id}`)).status).toBe(404)
      const { token } = await shop.admin()
      const paths = [
        `/admin/users/${her.id}`,
        `/admin/users?q=${profile.username}`,
        `/admin/users?q=${zephyrine.email}`,
        `/users/search?q=${profile.username}`,
        `/search/users?q=${profile.username}`,
        `/search?q=${profile.username}`,
        `/orders/${orderId}`,
        `/shipping/order/${orderId}`,
        `/notifications/user/${her.id}`,
        `/analytics/streams/account-${her.id}/events`,
        `/analytics/streams/profile-${her.id}/events`,
        `/analytics/streams/order-${orderId}/events`,
        `/analytics/streams/gig-${gigId}/events`,
        ...[boughtId, ...soldIds].flatMap((id) => [
          `/orders/${id}`,
          `/orders/${id}/history`,
          `/analytics/streams/gigOrder-${id}/events`,
          `/analytics/streams/gigOrder-${id}/state`,
        ]),
        '/search/orders?q=barographs',
        `/gigs/${gigId}`,
        `/reviews/${reviewId}`,
        `/media/${mediaId}`,
        `/media/${mediaId}/content`,
        `/users/${her.id}/media`,
        `/reviews/order/${orderId}`,
        `/analytics/streams/review-${reviewId}/events`,
        `/posts/${postId}`,
        `/users/${her.id}/posts`,
        `/posts/${friendsPost.id}/comments`,
        `/analytics/streams/post-${postId}/events`,
        '/search/posts?q=dirigible',
        `/users/${her.id}/gigs`,
        `/analytics/user/${her.id}`,
        '/search/gigs?q=barographs',
        `/admin/users/${her.id}/forget`,
      ]
      const asked = agora.shops.flatMap(({ url }) => paths.map((path) => [url, path] as const))
      const answers = await Promise.all(
        asked.map(async ([url, path]): Promise<[string, string]> => {
          const answer = await callAt(url, token)('GET', path)
          expect(answer.status).toBeLessThan(500)
          return [`${url} ${path}`, answer.text]
        }),
      )
      // Links may repeat the request, but hold nothing else of her.
      expect(tracesIn(new Map(answers))).toEqual([])
    })

    test('leaves an order whose money is still counted', async () => {
      const order = await admin('GET', `/orders/${orderId}`)
      expect(order.body.data).toMatchObject({ status: 'CONFIRMED', total: { amount: 3_998 } })
      expect(order.body.data.shippingAddress).toBeUndefined()
    })

    test('leaves orders of gigs at their ends, with the money that follows from them', async () => {
      const endOf = async (id: string) => {
        const { status, payment, reason } = (await admin('GET', `/orders/${id}`)).body.data
        return [status, payment.status, reason]
      }
      expect(await endOf(boughtId)).toEqual(['COMPLETED', 'COMPLETED', undefined])
      expect(await endOf(soldIds[0]!)).toEqual(['COMPLETED', 'COMPLETED', undefined])
      expect(await endOf(soldIds[1]!)).toEqual(['CANCELLED', 'VOIDED', 'seller_left'])
    })

    test('leaves the posts of others, without the comments and likes of the user', async () => {
      const { id, friend } = friendsPost
      const { body } = await friend.call('GET', `/posts/${id}`)
      expect(body.data).toMatchObject({ content: 'Ahoy', likeCount: 0, commentCount: 0 })
    })

    test('leaves the rating of a review without an author', async () => {
      const { body } = await admin('GET', `/reviews/${reviewId}`)
      expect(body.data).toMatchObject({ rating: 5, verified: true })
      expect(body.data.author).toBeUndefined()
    })

    test('stays erased when all read models are rebuilt', async () => {
      const models = [
        'accounts',
        'profiles',
        'orders',
        'order_items',
        'sessions',
        'notifications',
        'gigs',
        'reviews',
        'media',
        'ratings',
        'shipments',
        'search_users',
        'search_orders',
        'search_gigs',
        'posts',
        'comments',
        'likes',
        'search_posts',
        'search_media',
        'activities',
        'active_days',
      ]
      if (agora.mongoUrl !== undefined) models.push('accounts_in_mongo')
      for (const model of models) {
        const before = await generationOf(model)
        expect((await admin('POST', `/admin/projections/${model}/rebuild`)).status).toBe(202)
        await until(
          () => generationOf(model),
          (generation) => generation > before,
        )
      }
      // Tables of earlier generations are dropped meanwhile, so that reading them may fail.
      await until(
        async () =>
          tracesIn(
            new Map([
              ...(await rowsOf(database)),
              ...(await inElasticsearch()),
              ...(agora.mongoUrl === undefined ? [] : await contentOfMongo(agora.mongoUrl)),
            ]),
          ),
        (found) => found.length === 0,
      )
      const { body } = await admin('GET', '/admin/dead-letters')
      // Letters that the test has inserted.
      const made = new Set(['none', 'letters'])
      const { deadLetters } = body.data
      expect(deadLetters.filter(({ name }: { name: string }) => !made.has(name))).toEqual([])
    })

    const generationOf = async (model: string): Promise<number> => {
      const { body } = await admin('GET', '/admin/projections')
      return body.data.projections.find(({ name }: { name: string }) => name === model).generation
    }

    test('can be erased again, also twice concurrently, with the same receipt', async () => {
      const path = `/admin/users/${her.id}/forget`
      const before = (await admin('GET', path)).body.data
      expect(before).toMatchObject({ userId: her.id, status: 'forgotten' })
      const again = await Promise.all([
        type('forget', her.id, '--yes', '--json'),
        admin('POST', path),
      ])
      expect(JSON.parse(again[0].out)).toEqual(before)
      expect(again[1]).toMatchObject({ status: 202, body: { data: before } })
    })

    test('is not confused with unknown users, nor with the caller', async () => {
      for (const nobody of ['nobody-by-that-name', 'nobody@example.org', randomUUID()]) {
        expect(await type('forget', nobody, '--yes')).toMatchObject({ code: 1 })
        for (const method of ['GET', 'POST'] as const)
          expect((await admin(method, `/admin/users/${nobody}/forget`)).status).toBe(404)
      }
      expect((await admin('POST', `/admin/users/${zephyrine.email}/forget`)).status).toBe(404)
      const own = await admin('POST', `/admin/users/${root.email}/forget`)
      expect(own).toMatchObject({ status: 409, body: { code: 'own_account' } })
    })

    test('may register again as a new user, and be erased again', async () => {
      const again = successOf(await shop.anyone('POST', '/auth/register', zephyrine), 201)
      const { userId } = again.body.data
      expect(userId).not.toBe(her.id)
      await until(mails, (found) => found.some((mail) => mail.includes(zephyrine.email)))
      const first = (await admin('GET', `/admin/users/${her.id}/forget`)).body.data

      const { code, out } = await type('forget', zephyrine.email, '--yes', '--json')
      expect(code).toBe(0)
      expect(JSON.parse(out)).toMatchObject({ userId, status: 'forgotten' })
      await until(
        async () => tracesIn(await everything()),
        (found) => found.length === 0,
      )
      expect((await admin('GET', `/admin/users/${her.id}/forget`)).body.data).toEqual(first)
    })
  })
