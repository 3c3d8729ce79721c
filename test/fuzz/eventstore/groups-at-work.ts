import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import persistent from '@eventstore/db-client/generated/persistent_pb.js'
import { inLanes } from '../support/lanes.ts'
import { seedOf } from '../support/shrinking.ts'
import { framed, holdsWithin, type WireCall } from './http2-call.ts'
import { encodedMessage } from './encoded-message.ts'
import { verdictOn } from './judge.ts'
import {
  appendTo,
  consumerOf,
  frames,
  groupNamed,
  groupOfAll,
  proposed,
} from './messages-by-hand.ts'
import { rpcNamed } from './rpcs.ts'
import type { EventStoreSetting } from './setting.ts'
import { basic } from './target.ts'

const group = 'fuzz-at-work'

/** Time in which a consumer must be sent an event in the end, in ms. */
const patience = 20_000

/** Id of the event that an answer has. */
const eventIn = (answer: Buffer): string | undefined =>
  persistent.ReadResp.deserializeBinary(answer).getEvent()?.getEvent()?.getId()?.getString()

/**
 * Lets consumers of one group answer at random: acknowledge, hand back, park, skip, stop, answer twice, or leave; while the group is
 * updated, replayed, restarted and appended to. In the end a consumer must still be sent what is appended.
 * @param options.consumers number of consumers one after the other, in several lanes
 */
export const putGroupsToWork = async (
  { target, connection, seed, findings, count }: EventStoreSetting,
  { consumers }: { readonly consumers: number },
): Promise<void> => {
  const credentials = target.credentialsOf('admin')
  const headers = credentials ? { authorization: basic(credentials) } : {}
  const found = (where: string, what: string, detail: string) =>
    findings.add({
      part: 'eventstore',
      where: `${where} at ${target.name}, with groups at work`,
      what,
      detail,
      reproduction: 'see the seed of the run',
    })
  const call = async (rpc: string, wire: Omit<WireCall, 'path' | 'headers'>) => {
    count()
    const ended = await connection.call({ ...wire, path: rpcNamed(rpc).path, headers })
    const verdict = verdictOn(rpcNamed(rpc), ended)
    if (verdict) found(rpc, verdict.what, verdict.detail)
    return ended
  }
  const once = (rpc: string, ...messages: readonly object[]) =>
    call(rpc, { chunks: frames(rpc, ...messages), ending: 'half-close' })
  const append = (): Promise<unknown> =>
    once('Streams/Append', appendTo('threshold-fuzz-1'), {
      proposedMessage: proposed(randomUUID(), target.type),
    })
  const read = 'PersistentSubscriptions/Read'
  const answerOf = (ids: readonly string[], action: number): Buffer => {
    const idsList = ids.map((string) => ({ string }))
    const answer = action < 0 ? { ack: { idsList } } : { nack: { idsList, action, reason: 'x' } }
    return framed(encodedMessage(rpcNamed(read).shape, answer))
  }

  await once('PersistentSubscriptions/Create', groupOfAll(group))
  const consume = async (at: number): Promise<void> => {
    let number = 0
    const reply = (answer: Buffer): Buffer | undefined => {
      const id = eventIn(answer)
      if (!id) return undefined
      number += 1
      const chance = Math.abs(seedOf(seed, at, number)) % 100
      if (chance < 10) return undefined
      if (chance < 15) return answerOf([id, id, randomUUID()], -1)
      // Retried, parked, skipped; a consumer that stops does so rarely, as it ends.
      if (chance < 40) return answerOf([id], chance % 4)
      return chance === 40 ? answerOf([id], 4) : answerOf([id], -1)
    }
    const heldMs = 100 + (Math.abs(seedOf(seed, at)) % 400)
    await call(read, {
      chunks: frames(read, consumerOf(group, 1 + (at % 50))),
      ending: 'leave open',
      heldMs,
      reply,
    })
  }
  const disturb = async (at: number): Promise<void> => {
    const acts = [
      () => once('PersistentSubscriptions/Update', groupOfAll(group)),
      () => once('PersistentSubscriptions/ReplayParked', groupNamed(group)),
      () => once('PersistentSubscriptions/RestartSubsystem', {}),
      () => once('PersistentSubscriptions/GetInfo', groupNamed(group)),
      append,
    ]
    await acts[Math.abs(seedOf(seed, 7_000, at)) % acts.length]?.()
    await pause(20)
  }
  const numbers = Array.from({ length: consumers }, (_, at) => at)
  await Promise.all([inLanes(8, numbers, consume), inLanes(1, numbers, disturb)])

  let isSent = false
  const last = holdsWithin(patience, async () => isSent)
  const consumer = connection.call(
    {
      path: rpcNamed(read).path,
      headers,
      chunks: frames(read, consumerOf(group)),
      ending: 'leave open',
      reply: (answer) => {
        const id = eventIn(answer)
        if (id === undefined) return undefined
        isSent = true
        return answerOf([id], -1)
      },
      heldMs: patience,
    },
    patience + 5_000,
  )
  await append()
  if (!(await last)) found(read, 'a consumer is sent nothing any more', '')
  await once('PersistentSubscriptions/Delete', groupNamed(group))
  const { status: code } = await consumer
  if (code !== status.CANCELLED)
    found(read, `its deletion ends a consumer with ${status[code ?? -1]}`, '')
}
