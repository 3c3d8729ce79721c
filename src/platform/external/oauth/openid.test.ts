import { afterAll, beforeAll, expect, test } from 'vitest'
import { testProvider, type TestProvider } from '../../../../test/support/identity-provider.ts'
import { Unavailable } from '../../unavailable.ts'

let acme: TestProvider
beforeAll(async () => {
  acme = await testProvider('a client secret')
})
afterAll(() => acme[Symbol.asyncDispose]())

/** Ends three sign-ins whose codes the provider answers so, without the body of the standard. @returns their errors */
const threeWith = async (status: number): Promise<readonly unknown[]> => {
  const begun = []
  for (let times = 0; times < 3; times += 1) {
    const { url, attempt } = await acme.provider.begin('http://localhost/back')
    begun.push({ attempt, returned: await acme.visit(url) })
  }
  const errors: unknown[] = []
  for (const { attempt, returned } of begun) {
    acme.service.once('beforeResponse', (response) => {
      Object.assign(response, { statusCode: status, body: '' })
    })
    await acme.provider.finish(returned, attempt).catch((error: unknown) => errors.push(error))
  }
  return errors
}

test.each([401, 403, 422])(
  'codes that a provider answers with %d stop nobody else from signing in',
  async (status) => {
    expect(await threeWith(status)).toHaveLength(3)
    expect((await acme.provider.begin('http://localhost/back')).url).toContain(acme.issuer)
  },
)

test('answers of a provider that is broken open its breaker', async () => {
  expect((await threeWith(502)).every((error) => error instanceof Unavailable)).toBe(true)
  await expect(acme.provider.begin('http://localhost/back')).rejects.toThrow('acme is away')
})
