import { status } from '@grpc/grpc-js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import { messageOf } from '#kernel/error-message'
import { abandonCalls } from './eventstore/abandoned-calls.ts'
import { eventStoreDoors } from './eventstore/eventstore-doors.ts'
import { fuzzFrames } from './eventstore/fuzzed-frames.ts'
import { fuzzMessages } from './eventstore/fuzzed-messages.ts'
import { putGroupsToWork } from './eventstore/groups-at-work.ts'
import { connection, holdsWithin, type Connection } from './eventstore/http2-call.ts'
import { inMemoryEndpoint } from './eventstore/in-memory-endpoint.ts'
import { frames, readAll } from './eventstore/messages-by-hand.ts'
import type { Known } from './eventstore/messages.ts'
import { rpcNamed } from './eventstore/rpcs.ts'
import { basic, type EventStoreTarget } from './eventstore/target.ts'
import type { Part, Setting } from './support/part.ts'

/** Number of calls from which a run is a long one: all frames to all kinds of RPCs, and memory is measured. */
const many = 500

/** Calls of a kind that are abandoned at once. */
const atOnce = { few: 8, many: 150 }

/** Time until one process leads the groups of persistent subscriptions, in ms. */
const electionMs = 30_000

const ofAgora = ({ served, stage }: Setting): EventStoreTarget => ({
  name: 'Agora',
  port: served.eventStorePort,
  ca: served.tls.cert,
  writable: true,
  // Without data, and of a read model that does not find what it removes.
  type: 'ThresholdRemoved',
  credentialsOf: (as) => {
    const person = stage.personOf(as)
    return person && [person.email, person.password]
  },
})

const callAsAdmin = (
  connected: Connection,
  target: EventStoreTarget,
  rpc: string,
  message: object,
) => {
  const credentials = target.credentialsOf('admin')
  return connected.call({
    path: rpcNamed(rpc).path,
    headers: credentials ? { authorization: basic(credentials) } : {},
    chunks: frames(rpc, message),
    ending: 'half-close',
  })
}

/** Reads what the log has, for messages that refer to it. */
const knownIn = async (connected: Connection, target: EventStoreTarget): Promise<Known> => {
  const { answers } = await callAsAdmin(
    connected,
    target,
    'Streams/Read',
    readAll({ backwards: true, count: 40 }),
  )
  const events = answers
    .map((one) => streams.ReadResp.deserializeBinary(one).getEvent()?.getEvent())
    .filter((event) => event !== undefined)
  const nameOf = (event: (typeof events)[number]) =>
    Buffer.from(event.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()
  // Always as many, so that what is chosen depends on the seed alone.
  const some = (found: readonly string[], number: number) =>
    Array.from({ length: number }, (_, at) => found[at % Math.max(1, found.length)] ?? '')
  return {
    streams: some([...new Set(events.map(nameOf))], 10),
    eventIds: some(
      events.map((event) => event.getId()?.getString() ?? ''),
      20,
    ),
    type: target.type,
  }
}

const fuzzTarget = async (
  setting: Setting,
  target: EventStoreTarget,
  { calls, isThorough }: { readonly calls: number; readonly isThorough: boolean },
): Promise<void> => {
  const { served, stage, note } = setting
  using connected = connection(target.port, target.ca)
  const isLed = await holdsWithin(electionMs, async () => {
    const listed = await callAsAdmin(connected, target, 'PersistentSubscriptions/List', {
      options: { listAllSubscriptions: {} },
    })
    return listed.status === status.OK
  })
  if (!isLed) throw new Error(`No process leads the groups of ${target.name}`)
  const known = await knownIn(connected, target)
  const inside = { ...setting, target, connection: connected, known, calls }
  const emails = ['buyer', 'seller'] as const
  await eventStoreDoors(
    inside,
    emails.flatMap((name) => stage.personOf(name)?.email ?? []),
  )
  if (calls === 0) return
  const outcomes = await fuzzMessages(inside)
  note(
    `${target.name}: ${[...outcomes]
      .toSorted(([, a], [, b]) => b - a)
      .map(([code, number]) => `${code}: ${number}`)
      .join(', ')}`,
  )
  await putGroupsToWork(inside, { consumers: isThorough ? 150 : 8 })
  // Both are of the protocol, which is served alike for every log.
  if (!isThorough && target.name !== 'Agora') return
  await fuzzFrames(inside, isThorough)
  await abandonCalls(inside, {
    atOnce: isThorough ? atOnce.many : atOnce.few,
    rounds: isThorough && target.name === 'Agora' ? 3 : 0,
    memory: served.memory,
  })
}

/**
 * The EventStoreDB endpoint: every RPC that it serves or refuses, with valid, mutated and broken messages, frames that are
 * none, calls that are abandoned, and every operation by every role. That of Agora, and two of logs in memory, in this process: one that
 * accepts events of any type, and one that is read-only.
 */
export const eventstore: Part = async (setting) => {
  const { served, stage, requests, findings } = setting
  // People whom requests of another part have suspended or erased.
  await stage.reviveAll()
  const isThorough = requests >= many
  const onError = (error: unknown) =>
    findings.add({
      part: 'eventstore',
      where: 'a log in memory',
      what: `an error: ${messageOf(error).slice(0, 160)}`,
      detail: error instanceof Error ? (error.stack ?? '') : '',
      reproduction: 'see the stack',
    })
  await fuzzTarget(setting, ofAgora(setting), { calls: Math.ceil(requests * 0.7), isThorough })
  await using open = await inMemoryEndpoint({ writable: true, onError })
  await fuzzTarget(setting, open, { calls: Math.ceil(requests * 0.3), isThorough })
  await using readOnly = await inMemoryEndpoint({ writable: false, tls: served.tls, onError })
  await fuzzTarget(setting, readOnly, { calls: 0, isThorough })
}
