import { expect, test } from 'vitest'
import { agoraHere } from '../support/agora.ts'

type Found = { readonly name: string; readonly ok: boolean }

/** A process alone on a new database: nobody builds its read models. */
const checksOf = async (env: Readonly<Record<string, string>>) => {
  await using agora = await agoraHere(env)
  const { anyone } = agora.shop
  const health = await anyone('GET', '/health')
  const ready = await anyone('GET', '/health/ready')
  const found: readonly Found[] = health.body.data.checks
  const named = (ok: boolean) => found.filter((one) => one.ok === ok).map(({ name }) => name)
  return { status: health.body.data.status, bad: named(false), ready }
}

test('a gateway names the contexts that no process serves and read models that lag, and is ready all the same', async () => {
  const { status, bad, ready } = await checksOf({ AGORA_ROLES: 'gateway' })
  expect(status).toBe('degraded')
  expect(bad).toEqual(expect.arrayContaining(['projections', 'identity', 'ordering']))
  expect(bad).not.toContain('postgres')
  expect(ready.status).toBe(200)
})

test('a gateway that serves contexts itself names only the others', async () => {
  const env = { AGORA_ROLES: 'gateway,api', AGORA_CONTEXTS: 'identity,ordering' }
  const { bad } = await checksOf(env)
  expect(bad).toContain('catalog')
  for (const name of ['identity', 'ordering', 'system', 'discovery'])
    expect(bad).not.toContain(name)
})

test('an api process names no context of others, and is not ready while its read models lag', async () => {
  const env = { AGORA_ROLES: 'api', AGORA_CONTEXTS: 'ordering', AGORA_DIRECT_CALLS: 'true' }
  const { bad, ready } = await checksOf(env)
  expect(bad).toEqual(['projections'])
  expect(ready).toMatchObject({ status: 503, body: { code: 'not_ready' } })
  expect(ready.body.errors).toMatchObject([{ field: 'projections' }])
})
