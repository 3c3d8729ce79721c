import { agoraHere } from '../support/agora.ts'
import {
  freshIndices,
  hasElasticsearch,
  needsElasticsearch,
  type TestIndices,
} from '../support/elasticsearch.ts'
import { freshMongo, hasMongo } from '../support/mongo.ts'
import { searching } from '../support/searching.ts'

searching('PostgreSQL', agoraHere)

let indices: TestIndices

searching(
  `Elasticsearch${needsElasticsearch}`,
  async (env) => {
    indices = freshIndices()
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
  { isSkipped: !hasElasticsearch, lose: (name) => indices.drop(name) },
)
