import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { bell } from '../platform/bell.ts'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import { advertisedAddress, leadGroups } from './lead-groups.ts'

test.each([
  [{ host: '127.0.0.1' }, { host: '127.0.0.1', port: 2113 }],
  [{ host: '0.0.0.0' }, { host: hostname(), port: 2113 }],
  [{ host: '::' }, { host: hostname(), port: 2113 }],
  [
    { host: '0.0.0.0', advertised: 'log.example' },
    { host: 'log.example', port: 2113 },
  ],
  [
    { host: '::', advertised: 'log.example:443' },
    { host: 'log.example', port: 443 },
  ],
])('clients reach an endpoint at %j by %j', (configured, address) =>
  expect(advertisedAddress(configured, 2113)).toEqual(address),
)

test('the process that leads looks for replays at each ring, and no longer than it leads', async () => {
  const news = bell()
  let checks = 0
  const resigned = Promise.withResolvers<void>()
  let terms = 0
  const groups = {
    // The first term ends by itself, as that of a process that another one has followed.
    lead: ({ signal }: { readonly signal: AbortSignal }) => {
      terms += 1
      const stopped = new Promise<void>((resolve) =>
        signal.addEventListener('abort', () => resolve()),
      )
      return terms === 1 ? resigned.promise : stopped
    },
    checkReplays: async () => void (checks += 1),
    figures: async () => [],
  }
  const address = { host: 'here', port: 1 }
  const errors: unknown[] = []
  const onError = (error: unknown) => errors.push(error)
  {
    await using _ = leadGroups({ groups }, address, { leases: memoryLeases(), news, onError })
    await expect.poll(() => checks).toBe(1)
    news.ring()
    await expect.poll(() => checks).toBe(2)
    resigned.resolve()
    await expect.poll(() => [terms, checks]).toEqual([2, 3])
  }
  news.ring()
  expect([checks, errors]).toEqual([3, []])
})
