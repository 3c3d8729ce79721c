import fc, { type Arbitrary } from 'fast-check'
import { status } from '@grpc/grpc-js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { Finding } from '../support/findings.ts'
import { inLanes } from '../support/lanes.ts'
import { mutated, someMutations } from '../support/mutations.ts'
import type { CallerName } from '../support/requests.ts'
import { seedOf, tryMany } from '../support/shrinking.ts'
import { resolved } from '../support/values.ts'
import { encodedMessage } from './encoded-message.ts'
import {
  connection as connectionTo,
  framed,
  type Ended,
  type Ending,
  type WireCall,
} from './http2-call.ts'
import { verdictOn } from './judge.ts'
import { frames, groupOfAll } from './messages-by-hand.ts'
import { groupNames, messagesOf } from './messages.ts'
import { otherRpcs, rpcNamed, servedRpcs, type Rpc } from './rpcs.ts'
import type { EventStoreSetting } from './setting.ts'
import { basic, type EventStoreTarget } from './target.ts'

/** A change of the bytes of a message. */
type Damage = {
  readonly how: 'cut' | 'flip' | 'append' | 'double' | 'random'
  readonly at: number
  readonly bytes: Uint8Array
}

type Called = {
  readonly as: CallerName
  /** In place of the caller's. */
  readonly authorization: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly messages: readonly object[]
  readonly isInOrder: boolean
  readonly damage: Damage | undefined
  readonly ending: Ending
}

/** Headers of callers who are nobody: none is the name of an account, as wrong passwords delay the next attempt. */
const badAuthorizations: readonly string[] = [
  'Basic',
  'Basic ',
  'Basic Og==',
  'Basic ====',
  'Bearer x',
  `Basic ${'A'.repeat(20_000)}`,
  ...['', '\u0000', '\ud800', 'ß'.repeat(300), "' OR 1=1"].map((name) =>
    basic([`${name}n`, 'wrong']),
  ),
]

/** Names and values of metadata that the endpoint or its library reads. */
const metadata: Arbitrary<Readonly<Record<string, string>>> = fc.constantFrom<
  Readonly<Record<string, string>>
>(
  { 'connection-name': 'x'.repeat(5_000) },
  { 'connection-name': '' },
  { 'requires-leader': 'perhaps' },
  { ':authority': 'localhost' },
  { ':authority': '[::1]:1' },
  { ':authority': 'a b' },
  { ':authority': 'x:99999' },
  { ':authority': '' },
  { ':authority': '%' },
  { ':authority': 'user@host:1/path?x' },
  { 'grpc-timeout': '1n' },
  { 'grpc-timeout': '99999999H' },
  { 'grpc-timeout': 'soon' },
  { 'x-bin': '!!' },
  { 'grpc-accept-encoding': 'br,zstd,x' },
  { 'grpc-encoding': 'identity' },
  { 'content-type': 'application/grpc+proto' },
  {
    'user-agent': 'ß'
      .normalize('NFD')
      .replaceAll(/[^ -~]/g, '?')
      .repeat(100),
  },
)

const damages: Arbitrary<Damage> = fc.record({
  how: fc.constantFrom('cut', 'flip', 'append', 'double', 'random'),
  at: fc.nat({ max: 5_000 }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
})

const damaged = (message: Buffer, { how, at, bytes }: Damage): Buffer => {
  const place = at % Math.max(1, message.length)
  if (how === 'cut') return message.subarray(0, place)
  if (how === 'append') return Buffer.concat([message, bytes])
  if (how === 'double') return Buffer.concat([message, message])
  if (how === 'random') return Buffer.from(bytes)
  const copy = Buffer.from(message)
  if (copy.length > 0) copy[place] = copy[place]! ^ (bytes[0]! | 1)
  return copy
}

const rarely = <T>(one: Arbitrary<T>, weight = 1): Arbitrary<T | undefined> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight, arbitrary: one })

const callsOf = (
  { shape, requestStream }: Rpc,
  messageOf: ReturnType<typeof messagesOf>,
): Arbitrary<Called> => {
  const one = fc
    .tuple(messageOf(shape), someMutations)
    .map(([message, some]) => Object(mutated(message, some)) as object)
  return fc.record({
    as: fc.constantFrom<CallerName>(
      ...Array<CallerName>(20).fill('admin'),
      ...Array<CallerName>(9).fill('analyst'),
      'nobody',
      'buyer',
    ),
    authorization: rarely(fc.constantFrom(...badAuthorizations)),
    headers: rarely(metadata, 2).map((headers) => headers ?? {}),
    messages: fc.array(one, requestStream ? { maxLength: 6 } : { minLength: 1, maxLength: 1 }),
    isInOrder: fc.constantFrom(true, true, true, false),
    damage: rarely(damages),
    ending: fc.constantFrom<Ending>(
      'half-close',
      'half-close',
      'half-close',
      'half-close',
      'half-close',
      'half-close',
      'cancel',
    ),
  })
}

const isSubscription = (message: Buffer | undefined): boolean => {
  try {
    const options = streams.ReadReq.deserializeBinary(message ?? Buffer.alloc(0)).getOptions()
    return options?.hasSubscription() ?? false
  } catch {
    return false
  }
}

/** Makes a call on a connection of its own: that of others ends with all of its calls where one of them breaks it. */
const alone = async ({ port, ca }: EventStoreTarget, wire: WireCall): Promise<Ended> => {
  using own = connectionTo(port, ca)
  return await own.call(wire)
}

/** Those with options first, as clients send them. */
const inOrder = (messages: readonly object[]): readonly object[] =>
  messages.toSorted((one, other) => Number('options' in other) - Number('options' in one))

/** Calls every RPC with valid, mutated and broken messages. @returns how often each status was answered */
export const fuzzMessages = async ({
  target,
  connection,
  known,
  seed,
  calls,
  findings,
  count,
}: EventStoreSetting): Promise<ReadonlyMap<string, number>> => {
  const outcomes = new Map<string, number>()
  const messageOf = messagesOf(known)

  /** Creates the group that most messages are about, which one of them has deleted. */
  const createGroup = async (): Promise<void> => {
    const credentials = target.credentialsOf('admin')
    const name = 'PersistentSubscriptions/Create'
    await connection.call({
      path: rpcNamed(name).path,
      headers: credentials ? { authorization: basic(credentials) } : {},
      chunks: frames(name, groupOfAll(groupNames[0])),
      ending: 'half-close',
    })
  }

  const attempt = async (rpc: Rpc, called: Called): Promise<Finding | undefined> => {
    const { as, authorization, damage } = called
    const credentials = target.credentialsOf(as)
    const signed = authorization ?? (credentials && basic(credentials))
    const trees = called.isInOrder ? inOrder(called.messages) : called.messages
    const whole = trees.map((one) =>
      encodedMessage(
        rpc.shape,
        resolved(one, () => ''),
      ),
    )
    const messages = damage ? whole.map((one) => damaged(one, damage)) : whole
    count()
    const wire: WireCall = {
      path: rpc.path,
      headers: { ...(signed !== undefined && { authorization: signed }), ...called.headers },
      chunks: messages.map(framed),
      ending: called.ending,
      isLive: rpc.name === 'Streams/Read' && isSubscription(messages[0]),
    }
    const first = await connection.call(wire)
    const ended = first.how === 'reset' ? await alone(target, wire) : first
    const outcome = ended.status === undefined ? ended.how : (status[ended.status] ?? 'unknown')
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    const hasTimeout = 'grpc-timeout' in called.headers
    if (ended.status === status.NOT_FOUND && rpc.name.startsWith('Persistent')) await createGroup()
    const isOdd = hasTimeout || ':authority' in called.headers
    if (hasTimeout && ended.status === status.DEADLINE_EXCEEDED) return undefined
    const verdict = verdictOn(rpc, ended, isOdd && ended.status === undefined)
    const isShutOut =
      ended.status === status.UNAUTHENTICATED &&
      authorization === undefined &&
      (as === 'admin' || as === 'analyst')
    const found =
      verdict ?? (isShutOut ? { what: `refuses ${as}`, detail: ended.message } : undefined)
    return (
      found && {
        part: 'eventstore',
        where: `${rpc.name} at ${target.name}`,
        ...found,
        reproduction: `as ${as}, headers ${JSON.stringify({ authorization, ...called.headers }).slice(0, 300)}, ${called.ending}, ${JSON.stringify(trees).slice(0, 1_000)}, bytes ${messages.map((one) => one.toString('hex').slice(0, 600)).join(' ')}`,
      }
    )
  }

  // Those of other services are all answered alike.
  const some = fc.sample(fc.constantFrom(...otherRpcs), {
    seed,
    numRuns: Math.min(otherRpcs.length, Math.ceil(calls / 20)),
  })
  const others = [...new Set(some)]
  const runs = Math.max(1, Math.ceil((calls - others.length) / servedRpcs.length))
  await inLanes(4, [...servedRpcs, ...others].entries().toArray(), ([at, rpc]) =>
    tryMany(
      callsOf(rpc, messageOf),
      { seed: seedOf(seed, 6_000, at), runs: rpc.isServed ? runs : 1, known: findings },
      (called) => attempt(rpc, called),
    ),
  )
  return outcomes
}
