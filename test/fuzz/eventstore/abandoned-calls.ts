import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import type { Memory } from '../support/memory.ts'
import { connection as connectionTo, holdsWithin, type Ended, type WireCall } from './http2-call.ts'
import { verdictOn } from './judge.ts'
import {
  appendTo,
  batched,
  consumerOf,
  frames,
  groupOfAll,
  proposed,
  readAll,
} from './messages-by-hand.ts'
import { rpcNamed } from './rpcs.ts'
import type { EventStoreSetting } from './setting.ts'
import { basic, type EventStoreTarget } from './target.ts'

/** Time that a call is held before it is abandoned, in ms. */
const heldMs = 300

/** Time in which the endpoint must answer an ordinary call afterwards, in ms. */
const patience = 10_000

/** Most bytes of heap and buffers that may be in use after rounds of abandoned calls, on top of before. */
const mostGrowth = 32 * 2 ** 20

/** Time in which what closed connections have used must be released, in ms. */
const releaseMs = 20_000

const group = 'fuzz-abandoned'

type Abandoned = { readonly name: string; readonly rpc: string } & Omit<WireCall, 'path'>

const kindsOf = (type: string): readonly Abandoned[] => {
  const open = { ending: 'leave open', heldMs } as const
  const closed = { ending: 'half-close', heldMs } as const
  const filter = {
    eventType: { regex: '^(?:[A-M].*|Placed$)' },
    max: 32,
    checkpointintervalmultiplier: 1,
  }
  const prefixes = {
    streamIdentifier: { prefixList: Array<string>(60_000).fill('zz') },
    max: 32,
    checkpointintervalmultiplier: 1,
  }
  const part = (at: number) => ({
    ...batched(randomUUID(), `threshold-fuzz-${at}`, type),
    isFinal: false,
  })
  const large = proposed(randomUUID(), type, JSON.stringify({ a: 'x'.repeat(200_000) }))
  return [
    {
      name: 'a subscription',
      rpc: 'Streams/Read',
      chunks: frames('Streams/Read', readAll()),
      ...closed,
    },
    {
      name: 'a subscription that is not read',
      rpc: 'Streams/Read',
      chunks: frames('Streams/Read', readAll()),
      isUnread: true,
      ...closed,
    },
    {
      name: 'a filtered subscription',
      rpc: 'Streams/Read',
      chunks: frames('Streams/Read', readAll({ filter })),
      ...closed,
    },
    {
      name: 'a read that is not read',
      rpc: 'Streams/Read',
      chunks: frames('Streams/Read', readAll({ count: 1_000_000 })),
      isUnread: true,
      ...closed,
    },
    {
      name: 'a read with many prefixes',
      rpc: 'Streams/Read',
      chunks: frames('Streams/Read', readAll({ count: 1_000_000, filter: prefixes })),
      ...closed,
    },
    {
      name: 'a read whose time is over while it is not read',
      rpc: 'Streams/Read',
      chunks: frames('Streams/Read', readAll({ count: 1_000_000 })),
      headers: { 'grpc-timeout': '100m' },
      isUnread: true,
      ...closed,
    },
    { name: 'a read without a message', rpc: 'Streams/Read', chunks: [], ...open },
    {
      name: 'an append that does not end',
      rpc: 'Streams/Append',
      chunks: frames('Streams/Append', appendTo('threshold-fuzz-1'), { proposedMessage: large }),
      ...open,
    },
    {
      name: 'half a message',
      rpc: 'Streams/Append',
      chunks: [Buffer.from([0, 0, 16, 0, 0, 1, 2])],
      ...open,
    },
    {
      name: 'appends of a batch without their last part',
      rpc: 'Streams/BatchAppend',
      chunks: frames('Streams/BatchAppend', ...Array.from({ length: 90 }, (_, at) => part(at % 3))),
      ...open,
    },
    {
      name: 'a batch that is not read',
      rpc: 'Streams/BatchAppend',
      chunks: frames('Streams/BatchAppend', batched(randomUUID(), 'threshold-fuzz-2', type)),
      isUnread: true,
      ...open,
    },
    {
      name: 'a consumer that acknowledges nothing',
      rpc: 'PersistentSubscriptions/Read',
      chunks: frames('PersistentSubscriptions/Read', consumerOf(group)),
      ...open,
    },
    {
      name: 'a consumer that is not read',
      rpc: 'PersistentSubscriptions/Read',
      chunks: frames('PersistentSubscriptions/Read', consumerOf(group, 10_000)),
      isUnread: true,
      ...open,
    },
    {
      name: 'a consumer that answers for others',
      rpc: 'PersistentSubscriptions/Read',
      chunks: frames(
        'PersistentSubscriptions/Read',
        consumerOf(group),
        { ack: { idsList: [{ string: randomUUID() }, {}] } },
        { nack: { idsList: Array(500).fill({ string: 'x' }), action: 9 } },
      ),
      ...open,
    },
    {
      name: 'a consumer that stops',
      rpc: 'PersistentSubscriptions/Read',
      chunks: frames('PersistentSubscriptions/Read', consumerOf(group), {
        nack: { idsList: [], action: 4 },
      }),
      ending: 'half-close',
    },
    {
      name: 'a consumer without a message',
      rpc: 'PersistentSubscriptions/Read',
      chunks: [],
      ...open,
    },
  ]
}

/** Makes an ordinary call, on a connection of its own. */
const ordinaryCall = async (
  { port, ca }: EventStoreTarget,
  headers: WireCall['headers'],
): Promise<Ended> => {
  using own = connectionTo(port, ca)
  return await own.call(
    {
      path: rpcNamed('Streams/Read').path,
      headers: { ...headers },
      chunks: frames('Streams/Read', readAll({ backwards: true, count: 1 })),
      ending: 'half-close',
    },
    patience,
  )
}

/**
 * Begins many calls at once that their clients abandon: cancelled, never read, never finished, cut with the connection.
 * @param options.atOnce number of calls of a kind
 * @param options.rounds after the first one, between measurements of memory; 0 measures nothing, and
 *   looks only in the end whether the endpoint is well
 */
export const abandonCalls = async (
  { target, connection, findings, count }: EventStoreSetting,
  {
    atOnce,
    rounds,
    memory,
  }: { readonly atOnce: number; readonly rounds: number; readonly memory: () => Promise<Memory> },
): Promise<void> => {
  const credentials = target.credentialsOf('admin')
  const headers = credentials && { authorization: basic(credentials) }
  const found = (where: string, what: string, detail: string) =>
    findings.add({
      part: 'eventstore',
      where: `${where} at ${target.name}`,
      what,
      detail,
      reproduction: `${atOnce} at once`,
    })
  const look = async (after: string) => {
    const { status: code, how, message } = await ordinaryCall(target, headers)
    if (code !== status.OK)
      found(after, 'the endpoint does not answer afterwards', `${how} ${code} ${message}`)
  }
  await connection.call({
    path: rpcNamed('PersistentSubscriptions/Create').path,
    headers: { ...headers },
    chunks: frames('PersistentSubscriptions/Create', groupOfAll(group)),
    ending: 'half-close',
  })

  const round = async (): Promise<void> => {
    for (const { name, rpc, ...wire } of kindsOf(target.type)) {
      using others = connectionTo(target.port, target.ca)
      const ended = await Promise.all(
        Array.from({ length: atOnce }, () => {
          count()
          return others.call({
            ...wire,
            path: rpcNamed(rpc).path,
            headers: { ...headers, ...wire.headers },
          })
        }),
      )
      const isDue = (one: Ended) =>
        wire.headers !== undefined && one.status === status.DEADLINE_EXCEEDED
      const verdict = ended
        .map((one) => (isDue(one) ? undefined : verdictOn(rpcNamed(rpc), one)))
        .find((one) => one)
      if (verdict) found(name, verdict.what, verdict.detail)
      if (rounds > 0) await look(name)
    }
    // The connection breaks below all calls.
    using others = connectionTo(target.port, target.ca)
    const cut = kindsOf(target.type).flatMap(({ rpc, ...wire }) =>
      Array.from({ length: Math.ceil(atOnce / 10) }, () => {
        count()
        return others.call({ ...wire, path: rpcNamed(rpc).path, headers: { ...headers } }, heldMs)
      }),
    )
    await pause(50)
    others.session().destroy()
    await Promise.all(cut)
    await look('a connection that breaks')
  }

  await round()
  if (rounds === 0) return
  const inUse = async () => {
    const { heap, external } = await memory()
    return heap + external
  }
  const before = await inUse()
  for (let at = 0; at < rounds; at += 1) await round()
  // Buffers of connections that have just been closed are released a little later.
  let grown = 0
  const isReleased = await holdsWithin(releaseMs, async () => {
    grown = (await inUse()) - before
    return grown <= mostGrowth
  })
  if (!isReleased)
    found(
      'abandoned calls',
      'memory grows',
      `by ${(grown / 2 ** 20).toFixed(0)} MiB in ${rounds} rounds`,
    )
}
