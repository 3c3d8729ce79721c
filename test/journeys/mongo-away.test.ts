import { expect, test } from 'vitest'
import { mongodb } from '../services/mongodb.ts'
import { hasMongo, needsMongo } from '../support/mongo.ts'
import { refusalsWithout } from '../support/store-away.ts'

test.skipIf(!hasMongo)(
  `while MongoDB is away, at the start, hanging and killed, orders are placed and all other reads go on; afterwards notifications are level${needsMongo}`,
  async () => {
    const refusals = await refusalsWithout({
      program: mongodb,
      variable: 'MONGO_URL',
      store: 'mongo',
      check: 'mongodb',
      models: ['notifications'],
      listOf: (userId) => `/notifications/user/${userId}`,
      // A welcome and one notification per order, once per channel.
      totalOf: (orders) => 2 + 2 * orders,
      absences: ['hangs', 'is killed'],
    })
    expect(refusals).toEqual(['not_caught_up', 'unavailable', 'unavailable'])
  },
)
