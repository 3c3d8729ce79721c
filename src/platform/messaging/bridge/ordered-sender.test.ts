import { expect, test } from 'vitest'
import type { BridgeMessage } from './port.ts'
import { orderedSender } from './ordered-sender.ts'

const messagesOf = (...keys: readonly string[]): readonly BridgeMessage[] =>
  keys.map((key, at) => ({
    id: String(at),
    key,
    topic: 'topic',
    names: [],
    body: Buffer.from(key),
  }))

/** A sender whose messages are confirmed or refused by hand. */
const sender = () => {
  const sent: {
    readonly id: string
    readonly confirm: () => void
    readonly fail: (e: Error) => void
  }[] = []
  const { sendAll, fail } = orderedSender(({ id }, settled) => {
    sent.push({ id, confirm: () => settled(), fail: settled })
  })
  const start = (...keys: readonly string[]) => {
    const done = sendAll(messagesOf(...keys))
    done.catch(() => undefined)
    return done
  }
  return { sent, start, fail, ids: () => sent.map(({ id }) => id).join(' ') }
}

/** Sends messages, each of which is confirmed or refused by hand. */
const started = (...keys: readonly string[]) => {
  const { start, ...rest } = sender()
  return { ...rest, done: start(...keys) }
}

test('one message of a key is in flight, and those of others meanwhile', async () => {
  const { sent, done, ids } = started('a', 'b', 'a', 'a', 'c')
  expect(ids()).toBe('0 1 4')
  sent[0]!.confirm()
  expect(ids()).toBe('0 1 4 2')
  for (let nth = 1; nth < 5; nth += 1) {
    sent[nth]!.confirm()
  }
  await done
  expect(ids()).toBe('0 1 4 2 3')
})

test('nothing is sent after a failure', async () => {
  const { sent, done, ids } = started('a', 'b', 'a', 'b')
  sent[1]!.fail(new Error('away'))
  await expect(done).rejects.toThrow('away')
  sent[0]!.confirm()
  expect(ids()).toBe('0 1')
})

test('the messages of a later call go out beside those of an earlier one, but not past one of their key', async () => {
  const { sent, start, ids } = sender()
  const first = start('a', 'b')
  const second = start('a', 'c')
  expect(ids()).toBe('0 1 1')
  for (const nth of [1, 2, 0, 3]) sent[nth]!.confirm()
  await first
  await second
  expect(ids()).toBe('0 1 1 0')
})

test('a call that fails fails those beside it, and later ones', async () => {
  const { sent, start, fail, ids } = sender()
  const first = start('a')
  const second = start('a', 'b')
  sent[0]!.fail(new Error('away'))
  await expect(first).rejects.toThrow('away')
  await expect(second).rejects.toThrow('away')
  fail(new Error('closed'))
  await expect(start('c')).rejects.toThrow('away')
  expect(ids()).toBe('0 1')
})

test('at most 512 are in flight', async () => {
  const { sent, done } = started(...Array.from({ length: 600 }, (_, at) => String(at)))
  expect(sent).toHaveLength(512)
  for (const one of sent) one.confirm()
  for (const one of sent) one.confirm()
  await done
  expect(sent).toHaveLength(600)
})

test('no messages are sent at once', () => expect(started().done).resolves.toBeUndefined())
