import { expect, test } from 'vitest'
import {
  freshIndices,
  hasElasticsearch,
  needsElasticsearch,
} from '../../../../test/support/elasticsearch.ts'
import { openElasticsearch } from '../../engines/elasticsearch/connection.ts'
import { Unavailable } from '../../unavailable.ts'
import { elasticsearchLogs } from './elasticsearch.ts'
import type { LogEntry } from './port.ts'

const entry = (time: string): LogEntry => ({
  id: time,
  time,
  level: 'info',
  service: 'agora',
  process: 'here:1',
  message: 'A line',
})

test('an Elasticsearch that is away is unavailable for writes and queries', async () => {
  // Port 1: nothing listens there.
  const store = elasticsearchLogs(openElasticsearch('http://127.0.0.1:1'))
  await expect(store.write([entry(new Date(0).toISOString())])).rejects.toThrow(Unavailable)
  await expect(store.find({ limit: 1 })).rejects.toThrow(Unavailable)
  await store.close()
})

test.skipIf(!hasElasticsearch)(
  `there is an index a day, and those older than a month are deleted${needsElasticsearch}`,
  async () => {
    const { url, drop } = freshIndices()
    const prefix = new URL(url).searchParams.get('prefix') ?? ''
    const { origin } = new URL(url)
    let now = Date.parse('2030-01-31T10:00:00Z')
    const store = elasticsearchLogs(openElasticsearch(url), { now: () => now })
    try {
      await store.write([entry('2030-01-01T00:00:00.000Z'), entry('2030-01-31T10:00:00.000Z')])
      const indices = async () => {
        const listed = await fetch(`${origin}/_cat/indices/${prefix}*?format=json&h=index&s=index`)
        const found = (await listed.json()) as readonly { readonly index: string }[]
        return found.map(({ index }) => index.slice(prefix.length))
      }
      expect(await indices()).toEqual(['logs-agora-2030.01.01', 'logs-agora-2030.01.31'])
      now += 24 * 60 * 60_000
      await store.write([entry('2030-02-01T10:00:00.000Z')])
      expect(await indices()).toEqual(['logs-agora-2030.01.31', 'logs-agora-2030.02.01'])
    } finally {
      await store.close()
      await drop()
      await fetch(`${origin}/_index_template/${prefix}agora-logs`, { method: 'DELETE' })
    }
  },
)
