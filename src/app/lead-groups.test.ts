import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { bell } from '../platform/bell.ts'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import { advertisedAddress, figuresOfGroups, leadGroups } from './lead-groups.ts'

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

test('groups on streams whose names are masked alike are measured as one', async () => {
  const one = { name: 'mail', consumers: 1, inFlight: 2, waiting: 3, toRetry: 1, parked: 5 }
  const counted = { ...one, delivered: 20, done: 10, retried: 6 }
  const read = (lags: readonly (number | undefined)[]) =>
    figuresOfGroups(
      {
        groups: {
          lead: async () => undefined,
          checkReplays: async () => undefined,
          figures: async () =>
            lags.map((lag, nth) => ({
              ...counted,
              source: `email-${nth}`,
              ...(lag !== undefined && { lag }),
            })),
        },
      },
      { streamTold: () => 'email-***' },
    )()
  const both = { name: 'mail', consumers: 2, inFlight: 4, waiting: 6, toRetry: 2, parked: 10 }
  const sum = { ...both, source: 'email-***', delivered: 40, done: 20, retried: 12 }
  expect(await read([7, 8])).toEqual([{ ...sum, lag: 15 }])
  expect(await read([7, undefined])).toEqual([sum])
  expect(await read([])).toEqual([])
})

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
