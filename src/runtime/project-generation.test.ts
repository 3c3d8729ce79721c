import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { decider, Fields, projection } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { openFeed } from './feed.ts'
import { projectGeneration } from './project-generation.ts'

const counter = decider({
  name: 'counter',
  id: Type.String(),
  commands: {},
  events: { Added: Fields({ by: Type.Integer() }) },
  refusals: {},
}).rules<null>({ initialState: null, decide: {}, evolve: { Added: () => null } })

const sums = projection({
  name: 'sums',
  store: 'postgres',
  document: Fields({ id: Type.String(), sum: Type.Integer() }),
  from: [counter],
  key: ({ id }) => id,
}).rules({
  Added: (document, { data: { by } }, key) => ({ id: key, sum: (document?.sum ?? 0) + by }),
})

test('a run with an end does not mind an event of a newer version behind it', async () => {
  const log = memoryEventLog()
  const documents = memoryDocuments()
  const feed = await openFeed(log)
  const generation = await documents.begin(sums)
  const newer = randomUUID()
  const added = [1, 2, 3].map((by) => ({
    eventId: randomUUID(),
    type: 'Added',
    data: { by },
    metadata: by === 3 ? { ...someMetadata, correlationId: newer } : someMetadata,
  }))
  await log.append('counter-x', 'none', added)
  await expect.poll(() => feed.head()).toBe(3n)
  const runUntil = (until: bigint) =>
    projectGeneration(generation, {
      feed,
      documents,
      letters: memoryDeadLetters(),
      control: memoryControl(),
      isHeld: () => true,
      catalogue: {
        unreadable: ({ metadata }) =>
          metadata.correlationId === newer ? 'a newer version' : undefined,
        streamTold: (stream) => stream,
      },
      signal: new AbortController().signal,
      onError: () => undefined,
      until,
    })
  expect(await runUntil(2n)).toBe(2n)
  const found = await documents.load(generation, ['x'])
  expect(found.get('x')).toEqual({ id: 'x', sum: 3 })
  await expect(runUntil(3n)).rejects.toBeInstanceOf(NewerVersion)
  await feed.close()
})
