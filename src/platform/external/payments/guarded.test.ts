import { expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import { guardedPayments } from './guarded.ts'
import type { PaymentProvider } from './port.ts'

const never = () => new Promise<never>(() => undefined)

const providerThat = (answer: () => Promise<never>): PaymentProvider => ({
  name: 'slow',
  charge: answer,
  outcomeOf: async () => undefined,
  cancel: answer,
  authorise: answer,
  authorisationOf: answer,
  capture: answer,
  release: answer,
  ledger: answer,
  refund: answer,
})

test('a call without an answer ends at its time limit; after five the next fail at once', async () => {
  const changes: boolean[] = []
  const guarded = guardedPayments(providerThat(never), {
    answerMs: 5,
    onChange: (isUp) => changes.push(isUp),
  })
  expect(await guarded.outcomeOf('key')).toBeUndefined()
  for (let nth = 0; nth < 5; nth++)
    await expect(guarded.capture('key')).rejects.toThrow('did not answer within 5 ms')
  await expect(guarded.release('key')).rejects.toThrow(Unavailable)
  expect(guarded.client.status()).toEqual({ state: 'open', failed: 5, rejected: 1 })
  expect(changes).toEqual([false])
})

test('refusals pass through and are answers', async () => {
  const guarded = guardedPayments(providerThat(() => Promise.reject(new RangeError('refused'))))
  for (let nth = 0; nth < 6; nth++) await expect(guarded.cancel('key')).rejects.toThrow(RangeError)
  expect(guarded.client.status()).toEqual({ state: 'closed', failed: 0, rejected: 0 })
})
