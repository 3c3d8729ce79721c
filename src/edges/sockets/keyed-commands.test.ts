import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { newId } from '#kernel/testing'
import { SessionId, UserId } from '../../domains/shared/index.ts'
import { memoryReceipts } from '../../platform/storage/idempotency/memory.ts'
import type { Receipts } from '../../platform/storage/idempotency/port.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import type { Origin } from '../../runtime/execution.ts'
import type { Caller } from '../../serving/caller.ts'
import { refusal, type Answer } from '../../serving/message.ts'
import { keyedCommands } from './keyed-commands.ts'

const caller: Caller = {
  id: newId(UserId),
  roles: ['buyer'],
  sessionId: newId(SessionId),
  era: 0,
  expiresAt: 4_000_000_000,
}

/** Sends commands of one user; each that is handled is noted with its origin. */
const sender = (receipts: Receipts = memoryReceipts()) => {
  const warnings: string[] = []
  const logger = { warn: (_: object, text: string) => void warnings.push(text), error: () => {} }
  const once = keyedCommands(receipts, logger)
  const origins: Origin[] = []
  const send = (
    payload: { readonly idempotencyKey?: string; readonly text?: string },
    {
      name = 'say',
      answer = async () => ({ ok: true }),
    }: { readonly name?: string; readonly answer?: (origin: Origin) => Promise<Answer> } = {},
  ) =>
    once({ caller, namespace: '/talk', name, payload }, async (origin) => {
      origins.push(origin)
      return answer(origin)
    })
  return { send, origins, warnings }
}

test('without a key, each command is handled under an id of its own', async () => {
  const { send, origins } = sender()
  await send({ text: 'a' })
  await send({ text: 'a' })
  expect(new Set(origins.map(({ commandId }) => commandId)).size).toBe(2)
  expect(origins[0]).toMatchObject({ actorId: caller.id, correlationId: origins[0]?.commandId })
})

test('under a key, a repetition gets the first answer', async () => {
  const { send, origins } = sender()
  const command = { text: 'a', idempotencyKey: randomUUID() }
  const first = await send(command, { answer: async () => ({ ok: true, position: '7' }) as Answer })
  expect(await send(command)).toEqual(first)
  expect(origins).toHaveLength(1)
})

test('another payload, and another command, under the key are refused', async () => {
  const { send, origins } = sender()
  const idempotencyKey = 'once'
  await send({ text: 'a', idempotencyKey })
  const reused = { ok: false, code: 'idempotency_key_reused' }
  expect(await send({ text: 'b', idempotencyKey })).toMatchObject(reused)
  expect(await send({ text: 'a', idempotencyKey }, { name: 'shout' })).toMatchObject(reused)
  expect(origins).toHaveLength(1)
})

test('a repetition while the first one is in progress is refused', async () => {
  const { send } = sender()
  const command = { text: 'a', idempotencyKey: 'once' }
  let repeated: unknown
  await send(command, {
    answer: async () => {
      repeated = await send(command)
      return { ok: true }
    },
  })
  expect(repeated).toMatchObject({ ok: false, code: 'request_in_progress' })
})

test.each<[string, () => Promise<Answer>]>([
  ['refusal', async () => refusal('blocked', 'No.')],
  ['outage', () => Promise.reject(new Unavailable('The store is away'))],
])('a repetition after a %s is handled again, with the same command id', async (_, answer) => {
  const { send, origins } = sender()
  const command = { text: 'a', idempotencyKey: 'once' }
  await send(command, { answer }).catch(() => undefined)
  expect(await send(command)).toEqual({ ok: true })
  expect(origins).toHaveLength(2)
  expect(origins[1]?.commandId).toBe(origins[0]?.commandId)
})

test('a refusal after an append is stored', async () => {
  const { send, origins } = sender()
  const command = { text: 'a', idempotencyKey: 'once' }
  const answer = async ({ onRecorded }: Origin): Promise<Answer> => {
    onRecorded?.()
    return refusal('half_done', 'The rest failed.')
  }
  await send(command, { answer })
  expect(await send(command)).toMatchObject({ ok: false, code: 'half_done' })
  expect(origins).toHaveLength(1)
})

test('a receipt that cannot be stored is retried; the command is answered all the same', async () => {
  const receipts = memoryReceipts()
  let isAway = true
  const { send, warnings } = sender({
    ...receipts,
    finish: async (...args) => {
      if (isAway) {
        isAway = false
        throw new Unavailable('The store is away')
      }
      return receipts.finish(...args)
    },
  })
  const command = { text: 'a', idempotencyKey: 'once' }
  expect(await send(command)).toEqual({ ok: true })
  expect(warnings).toHaveLength(1)
  await expect.poll(() => send(command)).toEqual({ ok: true })
})
