import fc, { type Arbitrary } from 'fast-check'
import type { Socket } from 'socket.io-client'
import { Compile, type Validator } from 'typebox/compile'
import { messageOf } from '#kernel/error-message'
import { channels } from '../../src/domains/index.ts'
import type { AnyChannel } from '../../src/serving/channel.ts'
import type { Ask } from '../../src/serving/message.ts'
import { answerOf, connected, type Answer } from './support/connected.ts'
import type { Finding } from './support/findings.ts'
import { valid } from './support/from-schema.ts'
import { hostileKeys } from './support/hostile.ts'
import { inLanes } from './support/lanes.ts'
import { hostileValue, mutated, someMutations } from './support/mutations.ts'
import type { Part, Setting } from './support/part.ts'
import { sendRawPackets } from './support/raw-packets.ts'
import type { CallerName } from './support/requests.ts'
import { seedOf, tryMany } from './support/shrinking.ts'
import { resolved } from './support/values.ts'

/** Size of a message for which the server ends the connection, at the most, in bytes. */
const largest = 60_000

/** Codes of refusals while the server is behind or busy. */
const outages = new Set(['not_caught_up'])

/** A message of a client. */
type Said = {
  readonly as: CallerName
  readonly payload: unknown
  /** Sent beside the payload. */
  readonly further: readonly unknown[]
  readonly isAcknowledged: boolean
}

const callersOf = ({ access }: AnyChannel): readonly CallerName[] =>
  access === 'admin' || access === 'analyst' ? [access] : ['buyer', 'seller', 'other', 'admin']

/** Messages of a name: half of them valid, the others with mutations. */
const saidOf = (channel: AnyChannel, { payload }: Ask): Arbitrary<Said> =>
  fc
    .record({
      as: fc.constantFrom(...callersOf(channel)),
      value: valid(payload),
      mutations: someMutations,
      further: fc.oneof(
        { weight: 9, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(hostileValue, { minLength: 1, maxLength: 2 }) },
      ),
      binary: fc.constantFrom(...Array<boolean>(19).fill(false), true),
      isAcknowledged: fc.constantFrom(true, true, true, true, false),
    })
    .map(({ value, mutations, binary, ...said }) => ({
      ...said,
      payload: binary
        ? { ...Object(value), bytes: Buffer.from([0, 255]) }
        : mutated(value, mutations),
    }))

/** The sockets of the callers, connected again when the server has ended one. */
const socketsOf = ({ stage }: Setting) => {
  const open = new Map<string, Socket>()
  return {
    /** @param use messages of different uses do not share a connection, which each of them may end */
    of: async (namespace: string, as: CallerName, use: string): Promise<Socket> => {
      const key = `${namespace} ${as} ${use}`
      const known = open.get(key)
      if (known?.connected) return known
      await stage.reviveIfGone(as)
      const socket = await connected(stage, namespace, as)
      if (!socket) throw new Error(`${namespace} refuses ${as}`)
      open.set(key, socket)
      return socket
    },
    [Symbol.dispose]: () => {
      for (const socket of open.values()) socket.disconnect()
    },
  }
}

/** Judges an acknowledgement. @returns the fault and its details */
const judged = (answer: Answer, details: Validator, isTooLarge: boolean): string | undefined => {
  if (answer.gone !== undefined)
    return isTooLarge ? undefined : `the connection ended: ${answer.gone}`
  if (answer.ok === true) {
    const { ok: _, ...rest } = answer
    return details.Check(rest) ? undefined : 'an acknowledgement that its schema rejects'
  }
  if (answer.ok !== false || typeof answer.code !== 'string' || typeof answer.message !== 'string')
    return 'an acknowledgement that is neither a success nor a refusal'
  if (answer.code === 'internal_error' || answer.code === 'unavailable') return answer.code
  return undefined
}

/** Every message of every namespace, valid and mutated by its schema; handshakes; and bytes that are no messages. */
export const sockets: Part = async (setting) => {
  const { served, stage, seed, requests, findings, note, count } = setting
  using open = socketsOf(setting)
  const answers = new Map<string, number>()
  const asks = channels.flatMap((channel) =>
    Object.entries(channel.client).map(([name, ask]) => ({ channel, name, ask: ask as Ask })),
  )

  const attempt = async (
    { channel: { namespace }, name }: (typeof asks)[number],
    details: Validator,
    said: Said,
  ): Promise<Finding | undefined> => {
    const { as, payload, further, isAcknowledged } = said
    const find = stage.pool.findFor(as)
    const args = [payload, ...further].map((one) => resolved(one, find))
    const text = JSON.stringify(args)
    const isTooLarge = Buffer.byteLength(text) > largest
    const finding = (what: string, detail: string): Finding => ({
      part: 'sockets',
      where: `${namespace} ${name}`,
      what,
      detail,
      reproduction: `as ${as}: socket.emit('${name}', ...${text.slice(0, 2_000)}${isAcknowledged ? ', ack' : ''})`,
    })
    count()
    try {
      const socket = await open.of(namespace, as, name)
      if (!isAcknowledged) {
        socket.emit(name, ...args)
        // The server ends the connection, and the next message would not be answered.
        if (isTooLarge) socket.disconnect()
        return undefined
      }
      const answer = await answerOf(socket, name, ...args)
      const code =
        answer.ok === true
          ? 'ok'
          : ([answer.code, answer.gone].find((one) => typeof one === 'string') ?? 'none')
      answers.set(code, (answers.get(code) ?? 0) + 1)
      if (outages.has(code)) note(`${namespace} ${name}: ${code}`)
      const fault = judged(answer, details, isTooLarge)
      return fault === undefined ? undefined : finding(fault, JSON.stringify(answer).slice(0, 500))
    } catch (error) {
      return finding('no answer', messageOf(error))
    }
  }

  const runs = Math.max(1, Math.ceil(requests / asks.length))
  await inLanes(4, [...asks.entries()], async ([at, one]) => {
    const details = Compile(one.ask.details) as Validator
    await tryMany(
      saidOf(one.channel, one.ask),
      { seed: seedOf(seed, 1_000, at), runs, known: findings },
      (said) => attempt(one, details, said),
    )
  })

  // Names that no namespace declares are ignored.
  for (const { namespace, access } of channels) {
    const socket = await open.of(
      namespace,
      access === 'user' ? 'buyer' : (access as CallerName),
      '',
    )
    for (const name of [...hostileKeys, 'x'.repeat(1_000), 'error', 'disconnecting']) {
      // The client itself refuses the names of its own events.
      if (name !== 'disconnecting') socket.emit(name, {}, () => undefined)
      count()
    }
  }
  await sendRawPackets(served, stage, {
    count,
    report: (finding) => findings.add(finding),
    namespaces: Math.ceil(requests / 100),
  })
  note(
    `acknowledgements: ${[...answers]
      .toSorted(([, a], [, b]) => b - a)
      .map(([code, number]) => `${code}: ${number}`)
      .join(', ')}`,
  )
}
