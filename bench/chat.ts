import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { io, type Socket } from 'socket.io-client'
import { placeAt } from '../src/projections/places.ts'
import { messages } from '../src/projections/index.ts'
import { postgresDocuments } from '../src/platform/storage/documents/postgres.ts'
import type { Bench } from './support/bench.ts'
import type { Client } from './support/client.ts'
import { meter } from './support/costs.ts'
import { callers, inParallel, openLoop } from './support/load.ts'
import { atMost, type Measure } from './support/measure.ts'
import { startServer } from './support/process.ts'
import { admin, openShop, prefix } from './support/shop.ts'
import { latencies, percentile } from './support/statistics.ts'

/** Conversations of two participants each. */
const pairs = 10

/** Messages per second, of all together. */
const rate = 100

/** Messages of a short and of a long conversation. */
const [few, many] = [10, 100_000]

/** Goal: time of a page of a long conversation, as a multiple of that of a short one. */
const goal = 1.5

/** Time after which a message counts as lost, in ms. */
const timeoutMs = 10_000

type Participant = { readonly token: string; readonly id: string }
type Conversation = { readonly id: string; readonly participants: readonly Participant[] }

/** Registers two people, who start a conversation. */
const converse = async ({ call }: Client, nth: number): Promise<Conversation> => {
  const participants = await inParallel([0, 1], 1, async (side): Promise<Participant> => {
    const name = `talker${nth}${'ab'[side]}`
    const { tokens, data } = await call<{
      readonly tokens: { readonly accessToken: string }
      readonly data: { readonly userId: string }
    }>('POST', `${prefix}/auth/register`, {
      email: `${name}@bench.localhost`,
      username: name,
      password: admin.password,
    })
    return { token: tokens.accessToken, id: data.userId }
  })
  const [first, second] = participants
  const { data } = await call<{ readonly data: { readonly id: string } }>(
    'POST',
    `${prefix}/chat/conversations`,
    { participantId: second!.id },
    first!.token,
  )
  return { id: data.id, participants }
}

/** Connects a participant to a conversation. */
const joined = async (url: string, conversationId: string, token: string): Promise<Socket> => {
  const socket = io(`${url}/chat`, { transports: ['websocket'], auth: { token }, forceNew: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  const answer = await socket.emitWithAck('conversation:join', { conversationId })
  if (!answer.ok) throw new Error(`Joining was refused: ${JSON.stringify(answer)}`)
  return socket
}

/** Sends messages at a steady rate. @returns the time until the other participant heard each, in ms */
const talk = async (
  url: string,
  conversations: readonly Conversation[],
  seconds: number,
): Promise<readonly number[]> => {
  const heard = new Map<string, () => void>()
  const talking = await inParallel(conversations, 4, async ({ id, participants }) => ({
    id,
    sockets: await Promise.all(participants.map(({ token }) => joined(url, id, token))),
  }))
  try {
    for (const { sockets } of talking)
      sockets.forEach((socket, side) =>
        socket.on('message:new', ({ text }: { text: string }) => heard.get(`${side} ${text}`)?.()),
      )
    return await openLoop(rate, seconds, async (index) => {
      const { id: conversationId, sockets } = talking[index % talking.length]!
      const side = Math.floor(index / talking.length) % 2
      const text = `Is it still there? ${index}`
      const issued = performance.now()
      const arrived = new Promise<number>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${text} was not heard`)), timeoutMs)
        heard.set(`${1 - side} ${text}`, () => {
          clearTimeout(late)
          resolve(performance.now() - issued)
        })
      })
      const answer = await sockets[side]!.emitWithAck('message:send', { conversationId, text })
      if (!answer.ok) throw new Error(`A message was refused: ${JSON.stringify(answer)}`)
      return arrived
    })
  } finally {
    for (const { sockets } of talking) for (const socket of sockets) socket.disconnect()
  }
}

/** Messages sent and heard, relative to bare Socket.IO; pages of a conversation, long relative to short. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using shop = await openShop(bench, { products: 1 })
  await using bare = await startServer(bench, join(import.meta.dirname, 'support/bare-chat.ts'), {})
  const numbers = Array.from({ length: pairs }, (_, nth) => nth)
  const conversations = await inParallel(numbers, 4, (nth) => converse(shop.client, nth))

  await talk(shop.server.url, conversations, bench.seconds(2))
  await talk(bare.url, conversations, bench.seconds(2))
  await shop.database.checkpoint()
  const ended = await meter(bench, shop.server)
  const times = await shop.server.profiled('chat', () =>
    talk(shop.server.url, conversations, bench.seconds(10)),
  )
  const cost = await ended(times.length)
  const reference = await talk(bare.url, conversations, bench.seconds(10))
  const heardAt = (name: 'p50' | 'p99', share: number): Measure => ({
    what: `message:send → message:new heard by the other, ${rate}/s in ${pairs} conversations, ${name}`,
    figure: percentile(times, share),
    unit: 'ms',
    reference: {
      what: 'bare Socket.IO, which stores nothing',
      figure: percentile(reference, share),
    },
    ratio: percentile(times, share) / percentile(reference, share),
    cost,
  })

  const [short, long] = [await converse(shop.client, pairs), await converse(shop.client, pairs + 1)]
  await fill(bench, shop.database, short, few)
  await fill(bench, shop.database, long, bench.many(many))
  const pagesOf = ({ id, participants: [reader] }: Conversation) =>
    callers(4, bench.seconds(3), () =>
      shop.client.call(
        'GET',
        `${prefix}/chat/conversations/${id}/messages?limit=${few}`,
        undefined,
        reader!.token,
      ),
    )
  await pagesOf(short)
  await pagesOf(long)
  const ofShort = await pagesOf(short)
  const ofLong = await pagesOf(long)
  const page = (name: 'p50' | 'p99', share: number): Measure => {
    const [figure, before] = [ofLong, ofShort].map((done) => percentile(done.latencies, share))
    return {
      what: `the newest ${few} messages of ${bench.many(many)}, ${name}`,
      figure: figure!,
      unit: 'ms',
      reference: { what: `of ${few}`, figure: before! },
      ratio: figure! / before!,
      // The slowest pages depend on what else runs.
      ...(name === 'p50' && { goal: atMost(goal, '', figure! / before!) }),
    }
  }
  return [
    { ...heardAt('p50', 0.5), notes: [latencies(times)] },
    heardAt('p99', 0.99),
    page('p50', 0.5),
    page('p99', 0.99),
  ]
}

/** Writes messages of a conversation into the read model alone. */
const fill = async (
  { progress }: Bench,
  { database }: { readonly database: Parameters<typeof postgresDocuments>[0] },
  { id: conversationId, participants }: Conversation,
  count: number,
): Promise<void> => {
  const documents = postgresDocuments(database)
  const generation = await documents.live(messages)
  if (!generation) throw new Error('The read model of messages is not there')
  const batch = 1_000
  for (let at = 0; at < count; at += batch) {
    const position = await documents.position(generation)
    const upserts = Array.from({ length: Math.min(batch, count - at) }, (_, nth) => {
      const id = randomUUID()
      const sentAt = new Date(Date.UTC(2_020, 0, 1) + (at + nth) * 1_000).toISOString()
      const senderId = participants[nth % 2]!.id
      const text = `Message ${at + nth}`
      return [
        id,
        { id, conversationId, senderId, text, sentAt, place: placeAt(BigInt(at + nth)) },
      ] as const
    })
    await documents.write(generation, {
      from: position,
      to: position,
      upserts: new Map(upserts),
      deletes: [],
    })
  }
  progress(`${count} messages written`)
}
