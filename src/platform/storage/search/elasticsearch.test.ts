import {
  freshIndices,
  hasElasticsearch,
  needsElasticsearch,
} from '../../../../test/support/elasticsearch.ts'
import {
  openElasticsearch,
  type ElasticsearchConnection,
} from '../../engines/elasticsearch/connection.ts'
import { documentConformance } from '../documents/conformance.ts'
import { guardedWritingConformance } from '../documents/conformance-guarded.ts'
import { memoryDocuments } from '../documents/memory.ts'
import { routedDocuments } from '../documents/routed.ts'
import { searchConformance } from './conformance.ts'
import { elasticsearchEngine } from './elasticsearch.ts'

/** Stores of several processes, over one server. */
const stores = async () => {
  const { url, drop } = freshIndices()
  const home = memoryDocuments()
  const connections = new Set<ElasticsearchConnection>()
  return {
    declared: 'elasticsearch' as const,
    isTransactional: false,
    open: async () => {
      const connection = openElasticsearch(url)
      connections.add(connection)
      const engine = elasticsearchEngine(connection)
      return routedDocuments(home, { elasticsearch: { engine, isCurrent: true } })
    },
    close: async () => {
      await Promise.all([...connections].map((connection) => connection.close()))
      await drop()
    },
  }
}

searchConformance(`Elasticsearch${needsElasticsearch}`, stores, { isSkipped: !hasElasticsearch })

documentConformance(`Elasticsearch${needsElasticsearch}`, stores, {
  isSkipped: !hasElasticsearch,
  isQueried: false,
})

guardedWritingConformance(
  `Elasticsearch${needsElasticsearch}`,
  async () => {
    const { url, drop } = freshIndices()
    const connection = openElasticsearch(url)
    const engine = elasticsearchEngine(connection)
    return {
      declared: 'elasticsearch',
      engine,
      store: routedDocuments(memoryDocuments(), { elasticsearch: { engine, isCurrent: true } }),
      close: async () => {
        await connection.close()
        await drop()
      },
    }
  },
  { isSkipped: !hasElasticsearch },
)
