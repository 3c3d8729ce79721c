import type { estypes } from '@elastic/elasticsearch'
import { Check } from 'typebox/value'
import { Unavailable } from '../../unavailable.ts'
import type { ElasticsearchConnection } from '../../engines/elasticsearch/connection.ts'
import { wordsOfQuery } from '../../storage/search/words.ts'
import { wordsOfEntry } from './matching.ts'
import { LogEntry, type LogQuery, type LogStore } from './port.ts'

/** Days after which the indices of lines are removed. */
const keptDays = 30

const day = 24 * 60 * 60_000

const keyword: estypes.MappingProperty = { type: 'keyword', ignore_above: 8_000 }

/** Fields by the names of the Elastic Common Schema, which Kibana knows; `agora` has what is answered and searched here. */
const mapping: estypes.MappingTypeMapping = {
  dynamic: false,
  properties: {
    '@timestamp': { type: 'date' },
    message: { type: 'text' },
    log: { properties: { level: keyword } },
    service: { properties: { name: keyword, node: { properties: { name: keyword } } } },
    trace: { properties: { id: keyword } },
    error: {
      properties: {
        type: keyword,
        code: keyword,
        message: { type: 'text' },
        stack_trace: { type: 'text', index: false },
      },
    },
    agora: {
      properties: {
        id: keyword,
        words: { ...keyword, doc_values: false },
        entry: { type: 'object', enabled: false },
      },
    },
  },
}

const documentOf = (entry: LogEntry) => {
  const { id, time, level, service, process, message, traceId, error } = entry
  return {
    '@timestamp': time,
    message,
    log: { level },
    service: { name: service, node: { name: process } },
    ...(traceId !== undefined && { trace: { id: traceId } }),
    ...(error && {
      error: {
        type: error.type,
        message: [error, ...error.causes].map((one) => one.message),
        ...(error.code !== undefined && { code: error.code }),
        ...(error.stack !== undefined && { stack_trace: error.stack }),
      },
    }),
    agora: { id, words: wordsOfEntry(entry), entry },
  }
}

/** The conditions of a question. */
const conditionsOf = ({
  service,
  level,
  traceId,
  q,
  from,
  to,
}: LogQuery): estypes.QueryDslQueryContainer[] => {
  const terms: Readonly<Record<string, string | undefined>> = {
    'service.name': service,
    'log.level': level,
    'trace.id': traceId,
  }
  return [
    ...Object.entries(terms).flatMap(([field, value]) =>
      value === undefined ? [] : [{ term: { [field]: value } }],
    ),
    ...(q === undefined ? [] : wordsOfQuery(q)).map((word) => ({
      prefix: { 'agora.words': word },
    })),
    {
      range: {
        '@timestamp': {
          ...(from !== undefined && { gte: from }),
          ...(to !== undefined && { lte: to }),
        },
      },
    },
  ]
}

type BulkItem = {
  readonly create: { readonly status: number; readonly error?: { readonly type: string } }
}

/**
 * Log lines in Elasticsearch: an index a day, `logs-agora-2030.01.31`, by a template; the oldest are deleted.
 * @param options.onRefused called with the number of entries that Elasticsearch refuses for what they are, and a reason
 * @param options.now clock, in ms
 */
export const elasticsearchLogs = (
  { run, prefix, close }: ElasticsearchConnection,
  {
    onRefused = () => undefined,
    now = () => Date.now(),
  }: {
    readonly onRefused?: (count: number, reason: string) => void
    readonly now?: () => number
  } = {},
): LogStore => {
  const base = `${prefix}logs-agora-`
  const indexOf = (time: string) => `${base}${time.slice(0, 10).replaceAll('-', '.')}`
  /** Day of which the template was written, and old indices were deleted. */
  let prepared: string | undefined

  /** Writes the template, and deletes the indices that are too old, once a day. */
  const prepare = async (): Promise<void> => {
    const today = new Date(now()).toISOString()
    if (prepared === indexOf(today)) return
    await run(async (client) => {
      await client.indices.putIndexTemplate({
        name: `${prefix}agora-logs`,
        index_patterns: [`${base}*`],
        // Above the template of Elasticsearch for `logs-*-*`, which makes data streams.
        priority: 500,
        template: {
          settings: { number_of_shards: 1, auto_expand_replicas: '0-1' },
          mappings: mapping,
        },
      })
      const oldest = indexOf(new Date(now() - keptDays * day).toISOString())
      const listed = await client.cat.indices({ index: `${base}*`, format: 'json', h: 'index' })
      for (const { index } of listed)
        // One by one: some servers delete no pattern.
        if (index?.startsWith(base) && index < oldest)
          await client.indices.delete({ index, ignore_unavailable: true })
    })
    prepared = indexOf(today)
  }

  return {
    write: async (entries) => {
      if (entries.length === 0) return
      await prepare()
      const items = await run(async (client) => {
        const { items: found } = await client.transport.request<{ items: readonly BulkItem[] }>({
          method: 'POST',
          path: '/_bulk',
          querystring: { filter_path: 'items.create.status,items.create.error.type' },
          bulkBody: entries
            .map(
              (entry) =>
                `${JSON.stringify({ create: { _index: indexOf(entry.time), _id: entry.id } })}\n${JSON.stringify(documentOf(entry))}\n`,
            )
            .join(''),
        })
        return found
      })
      // 409: it is there already.
      const failed = items.flatMap(({ create }) =>
        create.error && create.status !== 409
          ? [{ status: create.status, reason: create.error.type }]
          : [],
      )
      const passing = failed.find(({ status }) => status !== 400 && status !== 413)
      if (passing)
        throw new Unavailable(
          `Elasticsearch has not written log lines (${passing.status}): ${passing.reason}`,
        )
      if (failed[0]) onRefused(failed.length, failed[0].reason)
    },

    find: async (query) => {
      const { before, limit } = query
      const found = await run(
        (client) =>
          client.search<{ readonly agora?: { readonly entry?: unknown } }>({
            index: `${base}*`,
            allow_no_indices: true,
            ignore_unavailable: true,
            size: limit,
            track_total_hits: false,
            _source: ['agora.entry'],
            query: { bool: { filter: conditionsOf(query) } },
            sort: [{ '@timestamp': 'desc' }, { 'agora.id': 'desc' }],
            ...(before && { search_after: [Date.parse(before.time), before.id] }),
          }),
        { isQuery: true },
      )
      return found.hits.hits.flatMap(({ _source }) => {
        const entry = _source?.agora?.entry
        return Check(LogEntry, entry) ? [entry] : []
      })
    },
    close,
  }
}
