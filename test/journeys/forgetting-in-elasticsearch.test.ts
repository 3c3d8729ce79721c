import { describe } from 'vitest'
import { agoraHere } from '../support/agora.ts'
import { freshIndices, hasElasticsearch, needsElasticsearch } from '../support/elasticsearch.ts'
import { forgetting } from '../support/forgetting.ts'

describe.skipIf(!hasElasticsearch)(`with an Elasticsearch${needsElasticsearch}`, () => {
  forgetting('whose search read models are in Elasticsearch', async () => {
    await using starting = new AsyncDisposableStack()
    const indices = freshIndices()
    starting.defer(indices.drop)
    const agora = starting.use(await agoraHere({ ELASTICSEARCH_URL: indices.url }))
    const everything = starting.move()
    return {
      ...agora,
      shops: [agora.shop],
      elasticsearchUrl: indices.url,
      [Symbol.asyncDispose]: () => everything.disposeAsync(),
    }
  })
})
