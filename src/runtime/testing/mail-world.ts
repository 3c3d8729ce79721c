import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { expect, onTestFinished } from 'vitest'
import { decider, Fields, projection } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { memoryDeadLetters } from '../../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../../platform/storage/documents/memory.ts'
import type { DocumentStore } from '../../platform/storage/documents/port.ts'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { memoryLeases } from '../../platform/messaging/leases/memory.ts'
import { memoryControl } from '../../platform/messaging/control/memory.ts'
import { groupedWriters } from '../grouped-writer.ts'
import { openFeed } from '../feed.ts'
import { progress as progressOf } from '../progress.ts'
import { project, type Projecting } from '../project.ts'

const letters = decider({
  name: 'letters',
  id: Type.String(),
  commands: {},
  events: { Sent: Fields({}) },
  refusals: {},
}).rules<null>({ initialState: null, decide: {}, evolve: { Sent: () => null } })

/** A read model: how often each letter was sent. */
export const mail = (version = 1) =>
  projection({
    name: 'mail',
    version,
    store: 'postgres',
    within: 60_000,
    document: Fields({ id: Type.String(), times: Type.Integer() }),
    from: [letters],
    key: ({ id }) => id,
  }).rules({ Sent: (document, _, id) => ({ id, times: (document?.times ?? 0) + 1 }) })

/** Lets everything happen that needs no time. */
export const settle = async () => {
  for (let turns = 0; turns < 10; turns += 1) await new Promise(setImmediate)
}

/** A log, a store whose calls are listed, and a process that keeps a read model up to date. */
export const world = async (
  change: (store: DocumentStore) => Partial<DocumentStore> = () => ({}),
  own: Partial<Projecting> = {},
) => {
  const log = memoryEventLog()
  const memory = memoryDocuments()
  const control = memoryControl()
  const documents = { ...memory, ...change(memory) }
  const calls: string[] = []
  const noted: typeof memory = {
    ...documents,
    begin: (...args) => {
      calls.push('begin')
      return documents.begin(...args)
    },
    publish: (generation) => {
      calls.push(`publish ${generation.generation}`)
      return documents.publish(generation)
    },
    drop: (generation) => {
      calls.push(`drop ${generation.generation}`)
      return documents.drop(generation)
    },
  }
  const feed = await openFeed(log)
  onTestFinished(feed.close)
  const send = async (id: string) => {
    const { position } = await log.append(`letters-${id}`, 'any', [
      { eventId: randomUUID(), type: 'Sent', data: {}, metadata: someMetadata },
    ])
    await expect.poll(feed.head).toBe(position)
    return position
  }
  const start = (model = mail(), further: Partial<Projecting> = {}) => {
    const stop = new AbortController()
    const errors: unknown[] = []
    const progress = progressOf(noted, feed)
    const over = project(model, stop.signal, {
      feed,
      documents: noted,
      writers: groupedWriters({ documents: noted, feed }),
      letters: memoryDeadLetters(),
      leases: memoryLeases(),
      control,
      catalogue: { unreadable: () => undefined, streamTold: (stream) => stream },
      progress,
      onError: (error) => errors.push(error),
      log,
      ...own,
      ...further,
    })
    return {
      errors,
      progress,
      [Symbol.asyncDispose]: async () => {
        stop.abort()
        await over
      },
    }
  }
  const times = async (id: string) => (await memory.get(mail(), id)) as unknown
  const live = async () => (await memory.live(mail()))?.generation
  const versions = async () =>
    (await memory.generations('mail')).map(({ version, status }) => `${version} ${status}`)
  return { log, memory, documents: noted, feed, control, calls, send, start, times, live, versions }
}
