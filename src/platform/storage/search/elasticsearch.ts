import { errors, type Client } from '@elastic/elasticsearch'
import { coalesce } from '../../coalesce.ts'
import type { ElasticsearchConnection } from '../../engines/elasticsearch/connection.ts'
import { Unavailable } from '../../unavailable.ts'
import type { SearchEngine } from '../documents/engine.ts'
import { jsonOf, storable } from '../documents/json.ts'
import { valueOf } from '../documents/matching.ts'
import { GenerationMissing, type Generation, type Keyed, type Loaded } from '../documents/port.ts'
import { writeBulk } from './elasticsearch-bulk.ts'
import {
  deleting,
  digestOf,
  idOf,
  indexing,
  mappingOf,
  operationsOf,
  presence,
  type Source,
} from './elasticsearch-index.ts'
import { facetsIn, searchOf } from './elasticsearch-query.ts'
import { shardsOf, type Sharding } from './elasticsearch-sharding.ts'
import { createSnapshots } from './elasticsearch-snapshots.ts'
import { highlightsOf } from './ranking.ts'
import { nextOf, resolveSearch } from './resolved-search.ts'

/** Documents that are read by one request. */
const pageSize = 1_000

/** Most hits of one request (`index.max_result_window`). */
const largestWindow = 10_000

/** Time limit of requests that a caller waits for. */
const ofQueries = { isQuery: true } as const

/** Whether a request failed with an error of this type. */
const isOfType = (error: unknown, type: string): boolean => {
  if (!(error instanceof errors.ResponseError)) return false
  const body: unknown = error.body
  return (
    typeof body === 'object' &&
    body !== null &&
    'error' in body &&
    typeof body.error === 'object' &&
    body.error !== null &&
    'type' in body.error &&
    body.error.type === type
  )
}

/**
 * Documents in Elasticsearch: an index for each generation, `<read model>_g<generation>`, which is read and written by an
 * alias of its own: a write to an alias never creates an index. The alias `<read model>` is of the live generation, for
 * people and other programs.
 * @param sharding of indices that are created; those that are there keep theirs until their read model is rebuilt
 */
export const elasticsearchEngine = (
  connection: ElasticsearchConnection,
  sharding: Sharding = {},
): SearchEngine => {
  const { run, prefix } = connection
  const snapshots = createSnapshots()
  const indexOf = ({ projection, generation }: Generation): string =>
    `${prefix}${projection.name}_g${generation}`
  const aliasOf = (generation: Generation): string => `${indexOf(generation)}_documents`

  const missing = (generation: Generation) =>
    new GenerationMissing(`Elasticsearch has no index ${indexOf(generation)}`)

  /** Runs requests to the index of a generation. */
  const inIndex = <Answer>(
    generation: Generation,
    work: (client: Client, alias: string) => Promise<Answer>,
    options?: { readonly isQuery?: boolean },
  ): Promise<Answer> =>
    run(async (client) => {
      try {
        return await work(client, aliasOf(generation))
      } catch (error) {
        if (isOfType(error, 'index_not_found_exception')) throw missing(generation)
        throw error
      }
    }, options)

  /** Refreshes indices; each of those at the same time once. */
  const refresh = coalesce<Generation, undefined | Error>(async (generations) => {
    const refreshed = new Map<string, Promise<undefined | Error>>()
    return Promise.all(
      generations.map((generation) => {
        const name = indexOf(generation)
        const one =
          refreshed.get(name) ??
          inIndex(generation, (client, index) => client.indices.refresh({ index })).then(
            () => undefined,
            (error: Error) => error,
          )
        refreshed.set(name, one)
        return one
      }),
    )
  })
  const refreshed = async (generation: Generation): Promise<void> => {
    const error = await refresh(generation)
    if (error) throw error
  }

  /** Documents, or the remains of deleted ones, in the order of their keys. */
  const pageOf = (
    generation: Generation,
    filter: Parameters<Client['search']>[0] & object,
    { after, limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly Source[]> =>
    inIndex(generation, async (client, index) => {
      const { hits } = await client.search<Source>({
        ...filter,
        index,
        size: limit,
        sort: [{ key: 'asc' }],
        track_total_hits: false,
        ...(after !== undefined && { search_after: [after] }),
      })
      return hits.hits.map(({ _source }) => _source!)
    })

  const scan = async (
    generation: Generation,
    { after, limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly (Source & { readonly doc: unknown })[]> => {
    await refreshed(generation)
    const found: (Source & { readonly doc: unknown })[] = []
    let last = after === undefined ? undefined : storable(after)
    while (found.length < limit) {
      const size = Math.min(pageSize, limit - found.length)
      const page = await pageOf(
        generation,
        { query: { term: { [presence]: true } } },
        { limit: size, ...(last !== undefined && { after: last }) },
      )
      for (const one of page) found.push({ ...one, doc: one.doc })
      if (page.length < size) break
      last = page.at(-1)!.key
    }
    return found
  }

  const load = (
    generation: Generation,
    keys: readonly string[],
    options?: { readonly isQuery: boolean },
  ) =>
    inIndex(
      generation,
      async (client, index) => {
        const wanted = [...new Set(keys.map((key) => idOf(storable(key))))]
        const found = new Map<string, Required<Loaded>>()
        for (let at = 0; at === 0 || at < wanted.length; at += pageSize) {
          const some = wanted.slice(at, at + pageSize)
          // Answered with what was written last, refreshed or not.
          const { docs } = await client.mget<Source>({ index, ids: some.length > 0 ? some : ['#'] })
          for (const doc of docs) {
            if ('error' in doc) {
              if (doc.error.type === 'index_not_found_exception') throw missing(generation)
              throw new Unavailable(`Elasticsearch has not read a document: ${doc.error.type}`)
            }
            const source = '_source' in doc ? doc._source : undefined
            if (source)
              found.set(doc._id, { document: source.doc, position: BigInt(source.position) })
          }
        }
        return new Map(
          keys.flatMap((key) => {
            const loaded = found.get(idOf(storable(key)))
            return loaded === undefined ? [] : [[key, loaded] as const]
          }),
        )
      },
      options,
    )

  /** Indexes all documents again, as another version of Agora has indexed them by other fields. */
  const indexAgain = async (generation: Generation): Promise<void> => {
    const { projection } = generation
    for (let after: string | undefined; ;) {
      const page = await scan(generation, {
        limit: pageSize,
        ...(after !== undefined && { after }),
      })
      const again = page.map(({ key, position, doc }) =>
        indexing(projection, key, { position, json: jsonOf(doc), ifSame: true }),
      )
      await writeBulk(connection, aliasOf(generation), again, () => missing(generation))
      if (page.length < pageSize) return
      after = page.at(-1)!.key
    }
  }

  /** Adds fields that were declared since the index was created. */
  const extend = async (generation: Generation): Promise<void> => {
    const { projection } = generation
    const mapping = await inIndex(generation, async (client, index) => {
      const answer = await client.indices.getMapping({ index })
      return Object.values(answer)[0]?.mappings
    })
    const digest = digestOf(projection)
    if (mapping?._meta?.digest === digest) return
    const { properties } = mappingOf(projection)
    try {
      await inIndex(generation, (client, index) =>
        client.indices.putMapping({ index, ...(properties && { properties }) }),
      )
    } catch (error) {
      if (error instanceof Unavailable && isOfType(error.cause, 'illegal_argument_exception'))
        throw new Error(`${projection.name} has a field of another type: it needs a new version`, {
          cause: error,
        })
      throw error
    }
    await indexAgain(generation)
    await inIndex(generation, (client, index) =>
      client.indices.putMapping({ index, _meta: { digest } }),
    )
  }

  return {
    create: async (generation) => {
      const { projection } = generation
      const isNew = await run(async (client) => {
        try {
          await client.indices.create({
            index: indexOf(generation),
            aliases: { [aliasOf(generation)]: {} },
            settings: {
              ...shardsOf(sharding),
              // Named, so that an index that was not searched for a while is refreshed all the same.
              refresh_interval: '1s',
            },
            mappings: { ...mappingOf(projection), _meta: { digest: digestOf(projection) } },
          })
          return true
        } catch (error) {
          if (isOfType(error, 'resource_already_exists_exception')) return false
          throw error
        }
      })
      if (!isNew) await extend(generation)
    },

    has: (generation) => run((client) => client.indices.existsAlias({ name: aliasOf(generation) })),

    drop: (generation) =>
      run(async (client) => {
        snapshots.forget(aliasOf(generation))
        await client.indices.delete({ index: indexOf(generation), ignore_unavailable: true })
      }),

    write: (generation, batch) =>
      writeBulk(connection, aliasOf(generation), operationsOf(generation.projection, batch), () =>
        missing(generation),
      ),

    sweep: async (generation, position) => {
      for (let after: string | undefined; ;) {
        const page = await pageOf(
          generation,
          {
            query: {
              bool: {
                must_not: { term: { [presence]: true } },
                // Not at it: a document may be folded anew there.
                filter: { range: { position: { lt: String(position) } } },
              },
            },
          },
          { limit: pageSize, ...(after !== undefined && { after }) },
        )
        if (page.length === 0) return
        await writeBulk(connection, aliasOf(generation), page.map(deleting), () =>
          missing(generation),
        )
        after = page.at(-1)!.key
      }
    },

    load,

    scan: async (generation, range): Promise<readonly Keyed[]> =>
      (await scan(generation, range)).map(({ key, doc }) => [key, doc]),

    get: async (generation, key) => (await load(generation, [key], ofQueries)).get(key)?.document,

    published: async (generation) => {
      const alias = `${prefix}${generation.projection.name}`
      const isOurs = (name: string) =>
        name.startsWith(`${alias}_g`) && /^\d+$/.test(name.slice(alias.length + 2))
      await inIndex(generation, async (client) => {
        const pointed = await client.indices.getAlias({ name: alias }, { ignore: [404] })
        const others = Object.keys(pointed).filter(
          (index) => isOurs(index) && index !== indexOf(generation),
        )
        await client.indices.updateAliases({
          actions: [
            ...others.map((index) => ({ remove: { index, alias, must_exist: false } })),
            { add: { index: indexOf(generation), alias } },
          ],
        })
      })
    },

    refresh: refreshed,

    search: async (generation, query, { isFresh = false } = {}) => {
      const { projection } = generation
      const resolved = resolveSearch(projection, query)
      const { words, searching, newest, question } = resolved
      const limit = Math.min(resolved.limit, largestWindow - 1)
      const { answer, suffix } = await inIndex(
        generation,
        (client, index) =>
          snapshots.search<Source>(client, {
            index,
            generation: generation.generation,
            after: query.after,
            isFresh,
            body: searchOf(resolved, limit + 1),
          }),
        ofQueries,
      )
      const { hits, aggregations } = answer
      const page = hits.hits.slice(0, limit)
      const last = page.at(-1)
      const total = typeof hits.total === 'object' ? hits.total.value : (hits.total ?? 0)
      return {
        hits: page.map(({ _source }) => ({
          key: _source!.key,
          document: _source!.doc,
          highlights: highlightsOf(words, searching, _source!.doc),
        })),
        total,
        facets: facetsIn(resolved, aggregations),
        ...(last &&
          hits.hits.length > page.length && {
            next:
              nextOf(question, {
                rank: words.length > 0 ? Number(last.sort?.[0]) : 0,
                newest: valueOf(newest, last._source!.doc),
                key: last._source!.key,
              }) + suffix,
          }),
      }
    },
  }
}
