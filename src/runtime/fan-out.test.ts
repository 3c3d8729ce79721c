import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, onTestFinished, test } from 'vitest'
import { decider, Fields, projection } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { openFeed } from './feed.ts'
import { mostFannedOut, mostFanningOut } from './fold.ts'
import { groupedWriters } from './grouped-writer.ts'
import { progress as progressOf } from './progress.ts'
import { project } from './project.ts'

const list = decider({
  name: 'list',
  id: Type.String(),
  commands: {},
  events: { Grown: Fields({ by: Type.Integer() }), Sent: Fields({ text: Type.String() }) },
  refusals: {},
}).rules<null>({ initialState: null, decide: {}, evolve: { Grown: () => null, Sent: () => null } })

const flaw = { broken: false }

/** Lists of members, and the last text that each member was sent. */
const inboxes = projection({
  name: 'inboxes',
  store: 'postgres',
  within: 60_000,
  document: Fields({
    id: Type.String(),
    members: Type.Optional(Type.Integer()),
    text: Type.Optional(Type.String()),
  }),
  from: [list],
  key: ({ id }) => id,
  indexes: [['text']],
}).rules(
  {
    Grown: (document, { data: { by } }, id) => ({ id, members: (document?.members ?? 0) + by }),
    Sent: (document, { data: { text } }) => {
      if (flaw.broken && text === 'unlucky') throw new Error('unlucky')
      return document
    },
  },
  {
    Sent: (document, { data: { text } }, id) =>
      Array.from({ length: document?.members ?? 0 }, (_, nth) => {
        const member = `${id}/${nth}`
        return [member, text === 'nothing' ? undefined : { id: member, text }]
      }),
  },
)

/** A running projection over a log in memory. */
const world = async () => {
  const log = memoryEventLog()
  const documents = memoryDocuments()
  const letters = memoryDeadLetters()
  const control = memoryControl()
  const append = (...events: { type: string; data: object }[]) => appendTo('list-a', ...events)
  const appendTo = async (stream: string, ...events: { type: string; data: object }[]) => {
    const { position } = await log.append(
      stream,
      'any',
      events.map((event) => ({ eventId: randomUUID(), metadata: someMetadata, ...event })),
    )
    return position
  }
  /** Called after each batch. */
  const hooks: { written?: () => Promise<unknown>; head?: () => bigint } = {}
  /** Sizes of written batches. */
  const sizes: number[] = []
  const counting = {
    ...documents,
    replaceAhead: async () => {
      throw new Error('no documents are ahead')
    },
    write: async (...[generation, batch]: Parameters<typeof documents.write>) => {
      sizes.push(batch.upserts.size + batch.deletes.length)
      const isWritten = await documents.write(generation, batch)
      await hooks.written?.()
      return isWritten
    },
  }
  const start = async () => {
    const stop = new AbortController()
    const feed = await openFeed(log)
    hooks.head = feed.head
    const running = project(inboxes, stop.signal, {
      feed,
      documents: counting,
      writers: groupedWriters({ documents: counting, feed }),
      letters,
      leases: memoryLeases(),
      control,
      catalogue: { unreadable: () => undefined, streamTold: async () => undefined } as never,
      progress: progressOf(documents, feed),
      onError: () => undefined,
    })
    onTestFinished(async () => {
      stop.abort()
      await running
      await feed.close()
    })
  }
  const texts = async (text: string) =>
    (await documents.find(inboxes, { where: { text }, limit: 1 })).total
  /** Builds the read model once more. @returns how the documents of both differ */
  const rebuild = async () => {
    const { generation } = await documents.begin(inboxes)
    await control.announce()
    const comparison = async () =>
      (await documents.generations('inboxes')).find(
        (one) => one.generation === generation && one.status === 'live',
      )?.comparison
    await expect.poll(comparison).toBeDefined()
    return comparison()
  }
  return { append, appendTo, hooks, start, texts, sizes, letters, control, rebuild }
}
const grown = (by: number) => ({ type: 'Grown', data: { by } })
const sent = (text: string) => ({ type: 'Sent', data: { text } })

describe('an event that fans out', () => {
  test('replaces and removes documents, as that of its key says before it', async () => {
    const { append, start, texts } = await world()
    await start()
    await append(grown(3), sent('1'), grown(1), sent('2'))
    await expect.poll(() => texts('2')).toBe(4)
    expect(await texts('1')).toBe(0)
    await append(sent('nothing'))
    await expect.poll(() => texts('2')).toBe(0)
  })

  test('ends a batch once much was fanned out, and the rest follows', async () => {
    const { append, start, texts, sizes } = await world()
    const members = mostFannedOut / 2 + 100
    await append(grown(members), ...['1', '2', '3', '4', '5'].map(sent))
    await start()
    await expect.poll(() => texts('5'), { timeout: 60_000 }).toBe(members)
    expect(sizes.length).toBeGreaterThanOrEqual(3)
    await append(sent('6'))
    await expect.poll(() => texts('6'), { timeout: 60_000 }).toBe(members)
  })

  test.each(['before it starts', 'while it runs'])(
    'is folded with few others that came %s, as documents may be large',
    async (when) => {
      const { appendTo, start, texts, sizes } = await world()
      if (when === 'while it runs') await start()
      const lists = Array.from({ length: 3 * mostFanningOut }, (_, nth) => `list-${nth}`)
      await Promise.all(lists.map((list) => appendTo(list, grown(1))))
      if (when === 'before it starts') await start()
      await appendTo('list-0', sent('last'))
      await expect.poll(() => texts('last'), { timeout: 20_000 }).toBe(1)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(mostFanningOut + 1)
    },
  )

  test('gives the same documents in a rebuild', async () => {
    const { append, start, texts, rebuild } = await world()
    await start()
    await append(grown(3), sent('1'), sent('nothing'), grown(2), sent('2'))
    await expect.poll(() => texts('2')).toBe(5)
    expect(await rebuild()).toEqual({ same: 6, different: 0, onlyOld: 0, onlyNew: 0 })
    await append(sent('3'))
    await expect.poll(() => texts('3')).toBe(5)
  })

  test('is fanned out by a retry, when it could not be folded', async () => {
    flaw.broken = true
    const { append, start, texts, letters, control } = await world()
    await start()
    await append(grown(2), sent('unlucky'), sent('later'))
    await expect.poll(async () => (await letters.list()).length).toBe(1)
    expect([await texts('unlucky'), await texts('later')]).toEqual([0, 0])
    flaw.broken = false
    const [letter] = await letters.list()
    await letters.requestRetry(letter!.id)
    await control.announce()
    await expect.poll(() => texts('later')).toBe(2)
  })

  test('is fanned out by a retry in parts', async () => {
    flaw.broken = true
    const { append, appendTo, hooks, start, texts, sizes, letters, control } = await world()
    await start()
    const members = mostFannedOut + 100
    await append(grown(members), sent('unlucky'), sent('later'))
    await expect.poll(async () => (await letters.list()).length).toBe(1)
    flaw.broken = false
    // The log goes on meanwhile, by events that the projection does not read.
    hooks.written = async () => {
      const position = await appendTo('other-a', { type: 'Other', data: {} })
      await expect.poll(() => hooks.head?.()).toBeGreaterThanOrEqual(position)
    }
    const [letter] = await letters.list()
    await letters.requestRetry(letter!.id)
    await control.announce()
    await expect.poll(async () => (await letters.list()).length, { timeout: 60_000 }).toBe(0)
    expect(await texts('later')).toBe(members)
    expect(sizes.slice(-3)).toEqual([members, members, 1])
  })
})
