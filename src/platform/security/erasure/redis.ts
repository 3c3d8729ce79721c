import type { Redis } from 'ioredis'
import { nodesOf } from '../../engines/redis/client.ts'
import type { RedisConnection } from '../../engines/redis/connection.ts'
import type { CheckedPlace } from './port.ts'
import { matchesPerson, type Sought } from './matches-person.ts'

/** Keys, or entries of a stream, that are read at a time. */
const page = 1_000

/** Writes fields of a job, unless it was removed meanwhile: the fields alone would form a new, broken job. */
const write = `
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], unpack(ARGV)) end`

/** Removed entries, by kind. */
type Counts = Record<keyof typeof names, number>

const names = {
  counts: 'counts in Redis',
  texts: 'texts in Redis',
  jobs: 'jobs in Redis',
  failures: 'failures in Redis',
  events: 'events in Redis',
} as const

/** Parses the data of a job in BullMQ; jobs of Agora have `json`, a list of requests, of several people. */
const dataIn = (text: string): object => {
  const data: unknown = JSON.parse(text)
  return typeof data === 'object' && data !== null ? data : {}
}

const requestsIn = (data: object): readonly unknown[] => {
  if (!('json' in data)) return []
  const requests: unknown = JSON.parse(String(data.json))
  return Array.isArray(requests) ? requests : [requests]
}

type IsOfPerson = (text: string) => boolean

/** Removes the requests about the person from a job, and keeps those about others. */
const clearJob = async (redis: Redis, key: string, isOfPerson: IsOfPerson, counts: Counts) => {
  const [text, reason, trace] = await redis.hmget(key, 'data', 'failedReason', 'stacktrace')
  const data = dataIn(text ?? '{}')
  const requests = requestsIn(data)
  const ofOthers = requests.filter((one) => !isOfPerson(JSON.stringify(one)))
  const changes: string[] = []
  if (ofOthers.length < requests.length) {
    changes.push('data', JSON.stringify({ ...data, json: JSON.stringify(ofOthers) }))
    counts.jobs += 1
  }
  if (isOfPerson(`${reason} ${trace}`)) {
    changes.push('failedReason', '(forgotten)', 'stacktrace', '[]')
    counts.failures += 1
  }
  if (changes.length > 0) await redis.eval(write, 1, key, ...changes)
}

const clearStream = async (redis: Redis, key: string, isOfPerson: IsOfPerson, counts: Counts) => {
  for (let from = '-'; ;) {
    const entries = await redis.xrange(key, from, '+', 'COUNT', page)
    const matching = entries.flatMap(([id, fields]) => (isOfPerson(fields.join(' ')) ? [id] : []))
    if (matching.length > 0) await redis.xdel(key, ...matching)
    counts.events += matching.length
    if (entries.length < page) return
    from = `(${entries.at(-1)![0]}`
  }
}

const typesOf = async (redis: Redis, keys: readonly string[]): Promise<readonly unknown[]> => {
  const pipeline = redis.pipeline()
  for (const key of keys) pipeline.type(key)
  return (
    (await pipeline.exec())?.map(([error, type]) => {
      if (error) throw error
      return type
    }) ?? []
  )
}

/**
 * Erases a person in Redis: their counters, and their data in jobs and in the errors of jobs. Lists of ids are not
 * searched, as they hold no personal data.
 * @param open opens a connection to Redis; the erasure closes it
 * @param options.standsFor the keys under which an address is counted, where that is not the address itself
 * @param options.prefixes of the keys to search: all others may belong to another Agora
 * @throws Unavailable when Redis cannot be reached; what `prefixes` throws
 */
export const inRedis =
  (
    open: () => Promise<RedisConnection>,
    {
      standsFor = () => [],
      prefixes,
    }: {
      readonly standsFor?: (address: string) => readonly string[]
      readonly prefixes: () => Promise<readonly string[]>
    },
  ) =>
  async (sought: Sought): Promise<readonly CheckedPlace[]> => {
    const matches = matchesPerson(sought)
    const isOfPerson: IsOfPerson = (text) => text.includes(sought.person) || matches(text)
    const named = [sought.person, ...sought.addresses.flatMap((address) => standsFor(address))]
    const counts: Counts = { counts: 0, texts: 0, jobs: 0, failures: 0, events: 0 }

    const search = async (redis: Redis, keys: readonly string[]): Promise<void> => {
      const types = await typesOf(redis, keys)
      for (const [at, key] of keys.entries())
        if (types[at] === 'hash') await clearJob(redis, key, isOfPerson, counts)
        else if (types[at] === 'stream')
          // Messages of the process bus may still have to be delivered, also those about the person's id.
          await clearStream(redis, key, key.endsWith(':events') ? isOfPerson : matches, counts)
        else if (types[at] === 'string') {
          const isNamed = named.some((name) => key.includes(name))
          if (isNamed) counts.counts += await redis.del(key)
          else if (isOfPerson((await redis.get(key)) ?? '')) counts.texts += await redis.del(key)
        }
    }

    const ours = await prefixes()
    const connection = await open()
    try {
      await connection.run(async (redis) => {
        for (const node of nodesOf(redis))
          for (const prefix of ours)
            for (let cursor = '0'; ;) {
              const scanned = await node.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', page)
              cursor = scanned[0]
              await search(node, scanned[1])
              if (cursor === '0') break
            }
      })
    } finally {
      await connection.close()
    }
    return Object.entries(names).map(([kind, place]) => {
      const count = counts[kind as keyof Counts]
      return { place, found: count, removed: count }
    })
  }
