import { randomUUID } from 'node:crypto'
import { status } from '@grpc/grpc-js'
import persistent from '@eventstore/db-client/generated/persistent_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { CallerName } from '../support/requests.ts'
import type { Ended } from './http2-call.ts'
import {
  appendTo,
  batched,
  consumerOf,
  frames,
  groupNamed,
  groupOfAll,
  proposed,
  readAll,
  readStream,
} from './messages-by-hand.ts'
import { rpcNamed } from './rpcs.ts'
import type { EventStoreSetting } from './setting.ts'
import { basic } from './target.ts'

/** Callers of the endpoint. */
const callers = ['nobody', 'buyer', 'analyst', 'admin'] as const satisfies readonly CallerName[]

/** What a caller may do there, by the documented access. */
type Access = { readonly reads: boolean; readonly writes: boolean }

const { OK, PERMISSION_DENIED, UNAUTHENTICATED } = status

/** Status of an append within a batch, where the call itself has succeeded. */
const batchStatus = ({ status: code, answers }: Ended): number | undefined => {
  const [answer] = answers
  if (code !== OK || !answer) return code
  return streams.BatchAppendResp.deserializeBinary(answer).getError()?.getCode() ?? OK
}

const groupsIn = ({ answers: [answer] }: Ended): readonly string[] =>
  answer
    ? persistent.ListResp.deserializeBinary(answer)
        .getSubscriptionsList()
        .map((one) => one.getGroupName())
    : []

/**
 * Every operation by every caller, on a writable or a read-only endpoint: it admits those who have the right, the log has nothing of others,
 * and what analysts read has none of the texts that are secret.
 * @param secrets texts of personal data in the log
 */
export const eventStoreDoors = async (
  { target, connection, findings, count }: EventStoreSetting,
  secrets: readonly string[],
): Promise<void> => {
  const { ca, writable, type } = target
  const run = randomUUID().slice(0, 8)
  const accessOf = (as: CallerName): Access =>
    ca
      ? { reads: as === 'analyst' || as === 'admin', writes: writable && as === 'admin' }
      : { reads: true, writes: writable }
  const call = (as: CallerName, rpc: string, ...messages: readonly object[]): Promise<Ended> => {
    const credentials = target.credentialsOf(as)
    count()
    return connection.call({
      path: rpcNamed(rpc).path,
      headers: credentials ? { authorization: basic(credentials) } : {},
      chunks: frames(rpc, ...messages),
      ending: 'half-close',
    })
  }
  const expect = (
    as: string,
    rpc: string,
    code: number | undefined,
    wanted: number,
    detail = '',
  ): void => {
    if (code === wanted) return
    const name = (one: number | undefined) => status[one ?? -1] ?? String(one)
    findings.add({
      part: 'eventstore',
      where: `${rpc} at ${target.name}`,
      what: `answers ${as} with ${name(code)}, not ${name(wanted)}`,
      detail,
      reproduction: `as ${as}`,
    })
  }

  const streamOf = (as: CallerName) => `threshold-door-${run}-${as}`
  const groupOf = (as: CallerName) => `fuzz-door-${run}-${as}`
  /** Those who may read create a group; that of an admin on a writable endpoint reads what is not masked. */
  const owners: CallerName[] = []
  for (const as of callers) {
    const { reads, writes } = accessOf(as)
    const reading = reads ? OK : UNAUTHENTICATED
    const writing = writes ? OK : reads ? PERMISSION_DENIED : UNAUTHENTICATED
    const attempt = async (rpc: string, wanted: number, ...messages: readonly object[]) => {
      const ended = await call(as, rpc, ...messages)
      expect(as, rpc, ended.status, wanted, ended.message)
      return ended
    }
    const read = await attempt('Streams/Read', reading, readAll({ backwards: true, count: 1_000 }))
    const text = Buffer.concat(read.answers).toString('latin1')
    const seen = secrets.find((secret) => text.includes(secret))
    if (seen && !writes) expect(as, `Streams/Read, which shows ${seen}`, OK, PERMISSION_DENIED)
    const event = { proposedMessage: proposed(randomUUID(), type) }
    await attempt('Streams/Append', writing, appendTo(streamOf(as)), event)
    const batch = await call(as, 'Streams/BatchAppend', batched(randomUUID(), streamOf(as), type))
    expect(as, 'Streams/BatchAppend', batchStatus(batch), writing, batch.message)
    await attempt('Streams/Delete', PERMISSION_DENIED, appendTo('order-1'))
    await attempt('Streams/Tombstone', PERMISSION_DENIED, appendTo('order-1'))
    await attempt('PersistentSubscriptions/Create', reading, groupOfAll(groupOf(as)))
    if (reads) owners.push(as)
    await attempt('PersistentSubscriptions/RestartSubsystem', writing, {})
  }

  for (const as of callers)
    for (const owner of owners) {
      const { reads } = accessOf(as)
      const isShown = !accessOf(owner).writes || accessOf(as).writes
      const wanted = reads ? (isShown ? OK : PERMISSION_DENIED) : UNAUTHENTICATED
      const group = groupNamed(groupOf(owner))
      for (const [rpc, message] of [
        ['GetInfo', group],
        ['Read', consumerOf(groupOf(owner))],
        ['ReplayParked', group],
        ['Update', groupOfAll(groupOf(owner))],
      ] as const) {
        const name = `PersistentSubscriptions/${rpc}`
        const ended = await call(as, name, message)
        expect(`${as} about the group of ${owner}`, name, ended.status, wanted, ended.message)
      }
      if (wanted !== OK) {
        const ended = await call(as, 'PersistentSubscriptions/Delete', group)
        expect(
          `${as} about the group of ${owner}`,
          'PersistentSubscriptions/Delete',
          ended.status,
          wanted,
          ended.message,
        )
      }
      const listed = await call(as, 'PersistentSubscriptions/List', {
        options: { listAllSubscriptions: {} },
      })
      if (groupsIn(listed).includes(groupOf(owner)) !== (wanted === OK))
        expect(`${as} about the group of ${owner}`, 'PersistentSubscriptions/List', OK, wanted)
    }

  for (const as of callers) {
    const ended = await call('admin', 'Streams/Read', readStream(streamOf(as)))
    const events = ended.answers.filter((one) => streams.ReadResp.deserializeBinary(one).hasEvent())
    if (events.length === (accessOf(as).writes ? 2 : 0)) continue
    expect(as, `the log, which has ${events.length} events of theirs`, OK, PERMISSION_DENIED)
  }
  for (const owner of owners) {
    const ended = await call(
      accessOf('admin').writes ? 'admin' : owner,
      'PersistentSubscriptions/Delete',
      groupNamed(groupOf(owner)),
    )
    expect(`the owner ${owner}`, 'PersistentSubscriptions/Delete', ended.status, OK, ended.message)
  }
}
