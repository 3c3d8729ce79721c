import { pino } from 'pino'
import { expect, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { severable } from '../../src/platform/messaging/queue/testing/severable.ts'
import { temporaryData, usual } from '../support/agora.ts'
import { callAt } from '../support/shop.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

test('while PostgreSQL hangs, Agora reports it in time, serves no request twice, and recovers when PostgreSQL answers again', async () => {
  await using database = await startedDatabase()
  await using way = await severable(database.url)
  await using data = await temporaryData()
  const errors: string[] = []
  const logger = pino({ level: 'error' }, { write: (line: string) => void errors.push(line) })
  await using app = await startApp(readConfig({ ...usual, AGORA_DATA: data.path }), {
    postgresUrl: way.url,
    logger,
  })
  const anyone = callAt(app.url)
  const ready = () => anyone('GET', '//health/ready')
  await until(ready, ({ status }) => status === 200)

  way.hang()
  const hung = await ready()
  expect(hung.status).toBe(503)
  expect(hung.body).toMatchObject({ code: 'not_ready', errors: [{ field: 'postgres' }] })
  const register = (headers = {}) =>
    anyone(
      'POST',
      '/auth/register',
      { email: 'ada@example.org', username: 'ada', password: 'a long password of ada' },
      headers,
    )
  const slow = await Promise.all([register(), register({ 'idempotency-key': 'one' })])
  expect(slow.map(({ status }) => status)).toEqual([503, 503])
  way.resume()

  await until(ready, ({ status }) => status === 200)
  await until(register, ({ status }) => status < 500)
  expect(errors).toEqual([])
})
