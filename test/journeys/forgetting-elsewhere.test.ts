import { describe } from 'vitest'
import { agoraHere } from '../support/agora.ts'
import { forgetting } from '../support/forgetting.ts'
import { startLogServer } from '../support/log-server.ts'
import { freshDatabase } from '../support/postgres.ts'
import { freshRedis, hasRedis, needsRedis } from '../support/redis.ts'

describe.skipIf(!hasRedis)(`with a Redis${needsRedis}`, () => {
  forgetting('whose log is in EventStoreDB and whose mails wait in Redis', async () => {
    await using starting = new AsyncDisposableStack()
    const far = starting.use(await freshDatabase())
    const server = starting.use(await startLogServer(far.url))
    const redis = starting.use(await freshRedis())
    const env = { EVENTSTORE_URL: server.url, REDIS_URL: redis.url, RATE_LIMIT: '10000' }
    const agora = starting.use(await agoraHere(env))
    const everything = starting.move()
    return {
      ...agora,
      shops: [agora.shop],
      logUrl: far.url,
      redisUrl: redis.url,
      [Symbol.asyncDispose]: () => everything.disposeAsync(),
    }
  })
})
