import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  freshIndices,
  hasElasticsearch,
  needsElasticsearch,
} from '../../../../test/support/elasticsearch.ts'
import { openElasticsearch } from '../../engines/elasticsearch/connection.ts'
import { logConformance } from './conformance.ts'
import { elasticsearchLogs } from './elasticsearch.ts'
import { logFiles } from './files.ts'
import { memoryLogs } from './memory.ts'

logConformance('memory', async () => ({
  store: memoryLogs(),
  [Symbol.asyncDispose]: async () => undefined,
}))

logConformance('files', async () => {
  const data = await mkdtempDisposable(join(tmpdir(), 'agora-logs-'))
  return {
    store: logFiles(data.path, { process: 'here:1' }),
    [Symbol.asyncDispose]: () => data[Symbol.asyncDispose](),
  }
})

logConformance(
  `elasticsearch${needsElasticsearch}`,
  async () => {
    const { url, drop } = freshIndices()
    const store = elasticsearchLogs(openElasticsearch(url))
    return {
      store,
      [Symbol.asyncDispose]: async () => {
        await store.close()
        await drop()
        const { origin, searchParams } = new URL(url)
        const template = `${origin}/_index_template/${searchParams.get('prefix')}agora-logs`
        await fetch(template, { method: 'DELETE' })
      },
    }
  },
  { skip: !hasElasticsearch },
)
