import { describe } from 'vitest'
import { accounts } from '../../src/projections/accounts.ts'
import { agoraHere } from '../support/agora.ts'
import { forgetting } from '../support/forgetting.ts'
import { freshMongo, hasMongo, needsMongo } from '../support/mongo.ts'

/** The same as accounts, which holds more data of users than what is in MongoDB so far. */
const accountsInMongo = { ...accounts, name: 'accounts_in_mongo', store: 'mongo' } as const

describe.skipIf(!hasMongo)(`with a MongoDB${needsMongo}`, () => {
  forgetting('whose read models are in MongoDB', async () => {
    await using starting = new AsyncDisposableStack()
    const mongo = starting.use(await freshMongo())
    const agora = starting.use(
      await agoraHere({ MONGO_URL: mongo.url }, { projections: [accountsInMongo] }),
    )
    const everything = starting.move()
    return {
      ...agora,
      shops: [agora.shop],
      mongoUrl: mongo.url,
      [Symbol.asyncDispose]: () => everything.disposeAsync(),
    }
  })
})
