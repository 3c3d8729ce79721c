import { agoraHere } from '../support/agora.ts'
import { freshIndices, hasElasticsearch, needsElasticsearch } from '../support/elasticsearch.ts'
import { searching } from '../support/searching.ts'

searching('PostgreSQL', agoraHere)

searching(
  `Elasticsearch${needsElasticsearch}`,
  async (env) => {
    const indices = freshIndices()
    const agora = await agoraHere({ ...env, ELASTICSEARCH_URL: indices.url })
    return {
      ...agora,
      [Symbol.asyncDispose]: async () => {
        await agora[Symbol.asyncDispose]()
        await indices.drop()
      },
    }
  },
  { isSkipped: !hasElasticsearch },
)
