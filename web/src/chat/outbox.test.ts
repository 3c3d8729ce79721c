import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { privateStorage } from '../api/private-storage.ts'
import { createOutbox, type Outgoing, type Way } from './outbox.ts'
import { unsentMessages } from './unsent.ts'

/** A fault after which a message is sent again. */
class Passing extends Error {}

const write = (text: string) => ({ conversationId: 'c', text, after: '0' })

/** A storage of a browser. */
const storageOf = (all = new Map<string, string>()) =>
  privateStorage(() => ({
    get length() {
      return all.size
    },
    key: (at) => [...all.keys()][at] ?? null,
    getItem: (key) => all.get(key) ?? null,
    setItem: (key, text) => void all.set(key, text),
    removeItem: (key) => void all.delete(key),
  }))

/** An outbox of user `u`, whose messages are answered by a script: an id, or an error. */
const scripted = (answers: readonly (string | Error)[] = [], storage = storageOf()) => {
  const sent: (Outgoing & { readonly by: Way })[] = []
  const ways: Way[] = ['http', 'socket']
  const outbox = createOutbox({
    wayOf: async () => ways.pop() ?? 'http',
    send: async (message, by) => {
      const answer = answers[sent.length] ?? `id${sent.length}`
      sent.push({ ...message, by })
      if (answer instanceof Error) throw answer
      return answer
    },
    isPassing: (error) => error instanceof Passing,
    unsent: unsentMessages(storage),
  })
  outbox.open('u')
  const states = () => outbox.all().map(({ text, status, id }) => [text, status, id])
  return { outbox, sent, states, storage }
}

describe('an outbox', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const settle = () => vi.advanceTimersByTimeAsync(0)

  test('sends in order, and keeps a message until it is discarded', async () => {
    const { outbox, sent, states } = scripted()
    outbox.add(write('One'))
    outbox.add(write('Two'))
    expect(states()).toEqual([
      ['One', 'queued', undefined],
      ['Two', 'queued', undefined],
    ])
    await settle()
    expect(sent.map(({ text }) => text)).toEqual(['One', 'Two'])
    expect(states()).toEqual([
      ['One', 'sent', 'id0'],
      ['Two', 'sent', 'id1'],
    ])
    outbox.discard(outbox.all()[0]?.key ?? '')
    expect(states()).toHaveLength(1)
  })

  test('repeats a message with its key after a passing fault, before later ones', async () => {
    const { outbox, sent, states } = scripted([new Passing(), new Passing()])
    outbox.add(write('One'))
    outbox.add(write('Two'))
    await settle()
    expect(states()[0]).toEqual(['One', 'waiting', undefined])
    outbox.resume()
    await settle()
    expect(sent).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(sent.map(({ text }) => text)).toEqual(['One', 'One', 'One', 'Two'])
    expect(new Set(sent.map(({ key }) => key)).size).toBe(2)
    expect(sent.map(({ by }) => by)).toEqual(['socket', 'socket', 'socket', 'http'])
  })

  test('goes on after a refusal, which may be tried again', async () => {
    const { outbox, sent, states } = scripted([new Error('blocked')])
    outbox.add(write('One'))
    outbox.add(write('Two'))
    await settle()
    expect(states()).toEqual([
      ['One', 'refused', undefined],
      ['Two', 'sent', 'id1'],
    ])
    expect(outbox.all()[0]?.error?.message).toBe('blocked')
    outbox.retry(outbox.all()[0]?.key ?? '')
    await settle()
    expect(states()[0]).toEqual(['One', 'sent', 'id2'])
    expect(sent[2]?.key).toBe(sent[0]?.key)
  })

  test('sends nothing after it was closed', async () => {
    const { outbox, sent } = scripted([new Passing()])
    outbox.add(write('One'))
    await settle()
    outbox.close()
    await vi.advanceTimersByTimeAsync(10_000)
    expect([sent.length, outbox.all().length]).toEqual([1, 0])
  })

  test('offers its user what was not sent before, as the same message by the same way', async () => {
    const before = scripted([new Passing(), new Error('blocked')])
    before.outbox.add(write('One'))
    await settle()
    before.outbox.add(write('Two'))
    before.outbox.add({ ...write('Three'), mediaIds: ['m'] })
    before.outbox.close()
    await settle()
    const { outbox, sent, states } = scripted([], before.storage)
    await settle()
    expect(states()).toEqual([
      ['One', 'unsent', undefined],
      ['Two', 'unsent', undefined],
      ['Three', 'unsent', undefined],
    ])
    expect(outbox.all()[2]?.mediaIds).toEqual(['m'])
    expect(sent).toEqual([])
    const [one, two, three] = outbox.all().map(({ key }) => key)
    outbox.retry(one ?? '')
    await settle()
    expect(sent.map(({ key, by }) => [key, by])).toEqual([[before.sent[0]?.key, 'socket']])
    outbox.discard(two ?? '')
    const again = scripted([], before.storage)
    expect(again.outbox.all().map(({ key }) => key)).toEqual([three])
  })

  test('keeps nothing that was sent, and shows nothing to another user', async () => {
    const { outbox, storage } = scripted([new Error('blocked'), 'sent'])
    outbox.add(write('One'))
    outbox.add(write('Two'))
    await settle()
    expect(
      unsentMessages(storage)
        .of('u')
        .map(({ text }) => text),
    ).toEqual(['One'])
    outbox.close()
    outbox.open('v')
    expect(outbox.all()).toEqual([])
    outbox.open('u')
    expect(outbox.all()).toHaveLength(1)
    storage.forget('v')
    expect(unsentMessages(storage).of('u')).toHaveLength(1)
    storage.forget('u')
    expect(unsentMessages(storage).of('u')).toEqual([])
  })

  test('drops what another tab has sent', async () => {
    const before = scripted([new Passing()])
    before.outbox.add(write('One'))
    await settle()
    const { outbox, states } = scripted([], before.storage)
    const key = outbox.all()[0]?.key ?? ''
    outbox.dropped('v', key)
    expect(states()).toHaveLength(1)
    outbox.dropped('u', key)
    expect(states()).toEqual([])
  })

  /** A tab in which one message waits and the next is queued, and another tab that was opened then. */
  const twoTabs = async (answers: readonly Error[] = []) => {
    const one = scripted([new Passing()])
    one.outbox.add(write('One'))
    one.outbox.add(write('Two'))
    await settle()
    const other = scripted(answers, one.storage)
    return { one, other, queued: one.outbox.all()[1]?.key ?? '' }
  }
  const resumed = async ({ outbox }: ReturnType<typeof scripted>) => {
    outbox.resume()
    await settle()
  }

  test('drops a queued message that another tab has discarded', async () => {
    const { one, other, queued } = await twoTabs()
    expect(one.states()[1]).toEqual(['Two', 'queued', undefined])
    other.outbox.discard(queued)
    one.outbox.dropped('u', queued)
    expect(one.states()).toEqual([['One', 'waiting', undefined]])
  })

  test('does not send what another tab has discarded, even before it hears of that', async () => {
    const { one, other, queued } = await twoTabs()
    other.outbox.discard(queued)
    await resumed(one)
    expect(one.sent.map(({ text }) => text)).toEqual(['One', 'One'])
    expect(one.states()).toEqual([['One', 'sent', 'id1']])
    expect(unsentMessages(one.storage).of('u')).toEqual([])
  })

  test('sends by the way that another tab has begun with', async () => {
    const { one, other, queued } = await twoTabs([new Passing()])
    other.outbox.retry(queued)
    await settle()
    await resumed(one)
    const byOther = other.sent.map(({ key, by }) => [key, by])
    expect(byOther).toEqual([[queued, 'socket']])
    expect(one.sent.slice(2).map(({ key, by }) => [key, by])).toEqual(byOther)
  })

  test.each([new Passing(), new Error('blocked')])(
    'goes on with a message that another tab discards meanwhile, but does not offer it again (%s)',
    async (fault) => {
      let fail: (fault: Error) => void = () => {}
      const storage = storageOf()
      const outbox = createOutbox({
        wayOf: async () => 'socket',
        send: () => new Promise((_, reject) => (fail = reject)),
        isPassing: (error) => error instanceof Passing,
        unsent: unsentMessages(storage),
      })
      outbox.open('u')
      outbox.add(write('One'))
      await settle()
      const key = outbox.all()[0]?.key ?? ''
      scripted([], storage).outbox.discard(key)
      outbox.dropped('u', key)
      expect(outbox.all()).toMatchObject([{ key, status: 'sending' }])
      fail(fault)
      await settle()
      expect(outbox.all()).toEqual([])
    },
  )

  test('sends what could not be stored', async () => {
    const full = privateStorage(() => {
      throw new Error('full')
    })
    const { outbox, sent, states } = scripted([new Passing()], full)
    outbox.add(write('One'))
    await settle()
    outbox.resume()
    await settle()
    expect(states()).toEqual([['One', 'sent', 'id1']])
    expect(sent).toHaveLength(2)
  })

  test('reads nothing that is no message', () => {
    const storage = storageOf()
    for (const [at, text] of ['', '{', 'null', '7', '{"key":1}'].entries())
      storage.put('u', `outbox.${at}`, text)
    storage.put('u', 'other', '{}')
    expect(unsentMessages(storage).of('u')).toEqual([])
  })
})
