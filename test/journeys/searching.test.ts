import { agoraHere } from '../support/agora.ts'
import { freshIndices, hasElasticsearch, needsElasticsearch } from '../support/elasticsearch.ts'
import { freshMongo, hasMongo } from '../support/mongo.ts'
import { searching } from '../support/searching.ts'

searching('PostgreSQL', agoraHere)

searching(
  `Elasticsearch${needsElasticsearch}`,
  async (env) => {
    const indices = freshIndices()
    const mongo = hasMongo ? await freshMongo() : undefined
    const agora = await agoraHere({
      ...env,
      ELASTICSEARCH_URL: indices.url,
      ...(mongo && { MONGO_URL: mongo.url }),
    })
    return {
      ...agora,
      [Symbol.asyncDispose]: async () => {
        await agora[Symbol.asyncDispose]()
        await indices.drop()
        await mongo?.[Symbol.asyncDispose]()
      },
    }
  },
  { isSkipped: !hasElasticsearch },
)
