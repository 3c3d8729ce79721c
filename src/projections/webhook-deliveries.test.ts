import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { openFeed } from '../runtime/feed.ts'
import { beginFolding } from '../runtime/folding.ts'
import { webhookDeliveries } from './webhook-deliveries.ts'

const [id, webhookId] = [randomUUID(), randomUUID()]
const removed = [
  {
    type: 'DeliveryRequested',
    data: { webhookId, eventId: 'e', event: 'order-placed', since: '2030-01-01T00:00:00.000Z' },
  },
  { type: 'DeliverySucceeded', data: { webhookId, attempt: 1, tookMs: 5, status: 200 } },
  { type: 'DeliveryRemoved', data: { webhookId } },
]

/** A log whose streams are archived once its first two events have been read. */
const archivedMeanwhile = (log: EventLog): EventLog => {
  let isArchived = false
  return {
    ...log,
    readAll: async (range) => {
      const slice = await log.readAll({ ...range, limit: 2 })
      const events = isArchived && range?.archived === false ? [] : slice.events
      isArchived = true
      return { ...slice, events }
    },
  }
}

test('a removed delivery whose stream is archived while the read model is built is not listed', async () => {
  const log = memoryEventLog()
  const { position } = await log.append(
    `webhookDelivery-${id}`,
    'none',
    removed.map((event) => ({ ...event, eventId: randomUUID(), metadata: someMetadata })),
  )
  const feed = await openFeed(archivedMeanwhile(log))
  onTestFinished(feed.close)
  const documents = memoryDocuments()
  const generation = await documents.begin(webhookDeliveries)
  const { name } = webhookDeliveries
  const folding = await beginFolding(
    generation,
    { kind: 'projection', name, generation: generation.generation },
    {
      feed,
      documents,
      letters: memoryDeadLetters(),
      catalogue: { unreadable: () => undefined },
      onPending: () => undefined,
      onError: (error) => expect.fail(String(error)),
    },
  )
  while (folding.saved() < position) {
    const slice = await folding.reader.next({ signal: new AbortController().signal })
    const { changed } = await folding.fold(slice.events)
    await folding.write(changed, slice.position)
  }
  expect((await documents.load(generation, [id])).get(id)).toBeUndefined()
})
