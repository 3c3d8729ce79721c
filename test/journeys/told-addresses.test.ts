import { expect, test } from 'vitest'
import { runMain, startAgora, temporaryData } from '../support/agora.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

test('a gateway with configured addresses sends requests there, whatever the registry lists', async () => {
  await using database = await startedDatabase()
  await using data = await temporaryData()
  const start = (roles: string, more: Readonly<Record<string, string>> = {}) =>
    startAgora(data.path, {
      POSTGRES_URL: database.url,
      AGORA_ROLES: roles,
      ...more,
    })
  await using people = await start('api,projections', { AGORA_CONTEXTS: 'identity,profiles' })
  await using rest = await start('api')
  await using gateway = await start('gateway', {
    AGORA_UPSTREAMS: `identity,profiles=${people.url};*=${rest.url}`,
  })
  const ada = await gateway.shop.register()
  expect((await ada.call('GET', '/users/me')).status).toBe(200)
  expect((await ada.call('GET', '/orders')).status).toBe(200)

  // By the registry, the third process serves identity too, but it is not configured for it.
  await people.kill()
  await until(
    () => ada.call('GET', '/users/me'),
    ({ status }) => status === 503,
  )
  expect((await ada.call('GET', '/orders')).status).toBe(200)

  const { output, closed } = runMain(data.path, {
    POSTGRES_URL: database.url,
    AGORA_ROLES: 'gateway',
    AGORA_UPSTREAMS: 'tea=http://127.0.0.1:1',
  })
  expect(await closed).toEqual([1, null])
  expect(output()).toMatch(/There is no context tea /)
})
