import { expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { postgresControl } from './postgres.ts'

test('followers of all processes look when an operator has changed something, and from time to time without', async () => {
  await using fresh = await freshDatabase()
  const [one, other] = [
    await postgresControl(fresh.database),
    await postgresControl(fresh.database),
  ]
  const looks = [one, other].map(({ news }) => news.listen())
  await one.pause('orders')
  await Promise.all(looks.map((wait) => wait(600_000)))
  expect([...(await other.paused())]).toEqual(['orders'])
  await other.resume('orders')
  expect([...(await one.paused())]).toEqual([])
  await Promise.all([one.close(), other.close()])

  const often = await postgresControl(fresh.database, { ringEvery: 10 })
  for (let look = 0; look < 3; look += 1) await often.news.listen()(600_000)
  await often.close()
})
