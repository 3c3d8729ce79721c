import { describe, expect, test } from 'vitest'
import type { MaskedEvent } from './answers.ts'
import { Failed } from './failure.ts'
import { replay } from './replay.ts'
import { boundOf } from './replay-range.ts'
import type { ReplaySource } from './replay-source.ts'

/** A log to which the test appends events by the names of their streams. */
const growingLog = () => {
  const events: MaskedEvent[] = []
  const source: ReplaySource = {
    via: 'direct',
    head: async () => BigInt(events.length),
    page: async (after) => ({
      events: events.slice(Number(after)),
      position: BigInt(events.length),
      caughtUp: true,
    }),
    [Symbol.asyncDispose]: async () => undefined,
  }
  const append = (...streams: readonly string[]): void => {
    for (const stream of streams)
      events.push({
        eventId: `event-${events.length + 1}`,
        stream,
        type: 'OrderPlaced',
        revision: 0,
        position: String(events.length + 1),
        at: '2030-01-01T12:00:00.000Z',
        data: {},
        metadata: {},
      })
  }
  return { source, append }
}

describe('a replay that follows the log', () => {
  test('continues with new events until it is interrupted, which is not a failure', async () => {
    const { source, append } = growingLog()
    const interrupted = new AbortController()
    let text = ''
    let caughtUp = 0
    append('order-a', 'payment-b')
    const running = replay({
      source,
      range: { from: boundOf('--from', '2') },
      wanted: {},
      follow: true,
      write: async (lines) => {
        text += lines
        if (text.includes('order-c')) interrupted.abort(new Error('Ctrl-C'))
      },
      show: () => undefined,
      caughtUp: () => {
        caughtUp += 1
        append('order-c')
      },
      signal: interrupted.signal,
    })
    expect(await running).toBe(2)
    expect(caughtUp).toBe(1)
    expect(text.trim().split('\n')).toEqual([
      expect.stringContaining('"payment-b"'),
      expect.stringContaining('"order-c"'),
    ])
  })

  test('writes each event once, from the requested position or time', async () => {
    const { source, append } = growingLog()
    const interrupted = new AbortController()
    const written: string[] = []
    let reads = 0
    append('order-1', 'order-2')
    const running = replay({
      source: {
        ...source,
        page: async (...args) => {
          reads += 1
          if (reads === 2) append('order-3', 'order-4')
          return source.page(...args)
        },
      },
      range: { from: boundOf('--from', '4') },
      wanted: {},
      follow: true,
      write: async (lines) => {
        written.push(...(lines.match(/order-\d/g) ?? []))
        if (written.includes('order-5')) interrupted.abort(new Error('Ctrl-C'))
        else append('order-5')
      },
      show: () => undefined,
      signal: interrupted.signal,
    })
    expect(await running).toBe(2)
    expect(written).toEqual(['order-4', 'order-5'])

    const later = new AbortController()
    const fromLater = replay({
      source: {
        ...source,
        page: async (...args) => {
          const page = await source.page(...args)
          // At the second read after the new event, it would have been written.
          if (args[0] > 5n) later.abort(new Error('Ctrl-C'))
          return page
        },
      },
      range: { from: boundOf('--from', '2030-01-02') },
      wanted: {},
      follow: true,
      write: async () => undefined,
      show: () => undefined,
      caughtUp: () => append('order-6'),
      signal: later.signal,
    })
    expect(await fromLater).toBe(0)
  })

  test('names the position to resume from when the log becomes unreachable', async () => {
    const { source, append } = growingLog()
    append('order-a', 'order-b')
    const lost: ReplaySource = {
      ...source,
      page: async (after, limit, wanted) => {
        if (after >= 2n) throw new Failed('No Agora answers.')
        return source.page(after, limit, wanted)
      },
    }
    const running = replay({
      source: lost,
      range: {},
      wanted: {},
      follow: true,
      write: async () => undefined,
      show: () => undefined,
      signal: new AbortController().signal,
    })
    await expect(running).rejects.toThrow('No Agora answers. Resume with --from 3.')
  })
})

test('a replay of one stream omits the others', async () => {
  const { source, append } = growingLog()
  append('order-a', 'order-b', 'order-a', 'order-ab')
  let text = ''
  const events = await replay({
    source,
    range: {},
    wanted: { categories: ['order'] },
    stream: 'order-a',
    write: async (lines) => void (text += lines),
    show: () => undefined,
    signal: new AbortController().signal,
  })
  expect(events).toBe(2)
  expect(text.match(/"position":"\d"/g)).toEqual(['"position":"1"', '"position":"3"'])
})
