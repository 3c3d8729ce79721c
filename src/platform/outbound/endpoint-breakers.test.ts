import { expect, test } from 'vitest'
import { Unavailable } from '../unavailable.ts'
import { endpointBreakers } from './endpoint-breakers.ts'
import { policies } from './policies.ts'

const away = () => Promise.reject(new Unavailable('The push service did not answer'))
const answers = () => Promise.resolve()

test('a push service that does not answer is rested, and others get their messages', async () => {
  const services = endpointBreakers('The push service', policies.push)
  const [bad, good] = ['https://bad.example', 'https://good.example']
  let calls = 0
  const failing = () => {
    calls += 1
    return away()
  }
  for (let n = 0; n < policies.push.failures + 2; n += 1)
    await expect(services.attempt(bad, failing)).rejects.toThrow(Unavailable)
  expect(calls).toBe(policies.push.failures)
  expect(services.status()).toEqual({ state: 'open', failed: calls, rejected: 2 })
  await services.attempt(good, answers)
  expect(services.status()).toEqual({ state: 'closed', failed: calls, rejected: 2 })
})
