import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { until } from '../../test/support/until.ts'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { textsInEventStore } from '../platform/storage/log-digests/event-texts.ts'
import { memoryLogDigests } from '../platform/storage/log-digests/memory.ts'
import type { ChainEntry } from '../platform/storage/log-digests/port.ts'
import { digestSigner } from '../platform/storage/log-digests/signed-digest.ts'
import { extendLogDigests } from './extend-log-digests.ts'
import { openFeed } from './feed.ts'

test('the chain follows the log, and is published at the start and seldom afterwards', async () => {
  const log = memoryEventLog()
  const feed = await openFeed(log)
  const digests = memoryLogDigests()
  const published: ChainEntry[] = []
  const stop = new AbortController()
  const append = (count: number) =>
    log.append(
      'counter-a',
      'any',
      Array.from({ length: count }, () => ({
        eventId: crypto.randomUUID(),
        type: 'Counted',
        data: {},
        metadata: someMetadata,
      })),
    )
  await append(1_500)
  const running = extendLogDigests(
    {
      texts: textsInEventStore(log),
      digests,
      signer: digestSigner(Buffer.alloc(32, 1)),
      feed,
      leases: memoryLeases(),
      every: 1,
      publishEvery: 60_000,
      publish: (entry) => void published.push(entry),
      onError: (error) => expect.unreachable(String(error)),
    },
    stop.signal,
  )
  await until(digests.last, (last) => last?.position === 1_500n)
  await append(2)
  await until(digests.last, (last) => last?.position === 1_502n)
  stop.abort()
  await running
  await feed.close()
  const entries = await digests.after(undefined, 10)
  expect(entries.map(({ events, fingerprints }) => [events, fingerprints.length / 4])).toEqual([
    [1_000n, 1_000],
    [1_500n, 500],
    [1_502n, 2],
  ])
  expect(published.map(({ position }) => position)).toEqual([1_500n])
})
