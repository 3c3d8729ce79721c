import { accounts } from '../../src/projections/accounts.ts'
import { agoraHere } from '../support/agora.ts'
import { freshIndices, hasElasticsearch, needsElasticsearch } from '../support/elasticsearch.ts'
import { forgetting } from '../support/forgetting.ts'
import { startLogServer } from '../support/log-server.ts'
import { freshMongo, hasMongo, needsMongo } from '../support/mongo.ts'
import { freshDatabase } from '../support/postgres.ts'
import { freshRedis, hasRedis, needsRedis } from '../support/redis.ts'

/** The same as accounts, which holds more data of users than what is in MongoDB so far. */
const accountsInMongo = { ...accounts, name: 'accounts_in_mongo', store: 'mongo' } as const

const needs = [needsRedis, needsMongo, needsElasticsearch].join('')

// All stores at once: each is searched for itself. Without a server of one kind, its data are in PostgreSQL.
forgetting(
  `whose log is in EventStoreDB, mails in Redis, and read models in MongoDB and Elasticsearch${needs}`,
  async () => {
    await using starting = new AsyncDisposableStack()
    const far = starting.use(await freshDatabase())
    const server = starting.use(await startLogServer(far.url))
    const redis = hasRedis ? starting.use(await freshRedis()) : undefined
    const mongo = hasMongo ? starting.use(await freshMongo()) : undefined
    const indices = hasElasticsearch ? freshIndices() : undefined
    if (indices) starting.defer(indices.drop)
    const agora = starting.use(
      await agoraHere(
        {
          EVENTSTORE_URL: server.url,
          ...(redis && { REDIS_URL: redis.url, RATE_LIMIT: '10000' }),
          ...(mongo && { MONGO_URL: mongo.url }),
          ...(indices && { ELASTICSEARCH_URL: indices.url }),
        },
        { projections: [accountsInMongo] },
      ),
    )
    const everything = starting.move()
    return {
      ...agora,
      shops: [agora.shop],
      logUrl: far.url,
      ...(redis && { redisUrl: redis.url }),
      ...(mongo && { mongoUrl: mongo.url }),
      ...(indices && { elasticsearchUrl: indices.url }),
      [Symbol.asyncDispose]: () => everything.disposeAsync(),
    }
  },
)
