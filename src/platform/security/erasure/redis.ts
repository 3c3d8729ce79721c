import type { Redis } from 'ioredis'
import type { RedisConnection } from '../../engines/redis/connection.ts'
import type { CheckedPlace } from './port.ts'
import { matchesPerson, type Sought } from './matches-person.ts'

/** So many keys, or entries of a stream, are looked at at a time. */
const page = 1_000

/** Writes fields of a job, unless it has gone meanwhile: they alone would be another one. */
const write = `
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], unpack(ARGV)) end`

/** How many were found and removed, of each kind. */
type Counts = Record<keyof typeof names, number>

const names = {
  counts: 'counts in Redis',
  texts: 'texts in Redis',
  jobs: 'jobs in Redis',
  failures: 'failures in Redis',
  events: 'events in Redis',
} as const

/** The data of a job in BullMQ; ours have `json`, a list of what is asked for, of others as well. */
const dataIn = (text: string): object => {
  const data: unknown = JSON.parse(text)
  return typeof data === 'object' && data !== null ? data : {}
}

const askedIn = (data: object): readonly unknown[] => {
  if (!('json' in data)) return []
  const asked: unknown = JSON.parse(String(data.json))
  return Array.isArray(asked) ? asked : [asked]
}

type IsTheirs = (text: string) => boolean

/** Takes out of a job what it says of them, and leaves what it is to do for others. */
const clearJob = async (redis: Redis, key: string, isTheirs: IsTheirs, counts: Counts) => {
  const [text, reason, trace] = await redis.hmget(key, 'data', 'failedReason', 'stacktrace')
  const data = dataIn(text ?? '{}')
  const asked = askedIn(data)
  const ofOthers = asked.filter((one) => !isTheirs(JSON.stringify(one)))
  const changes: string[] = []
  if (ofOthers.length < asked.length) {
    changes.push('data', JSON.stringify({ ...data, json: JSON.stringify(ofOthers) }))
    counts.jobs += 1
  }
  if (isTheirs(`${reason} ${trace}`)) {
    changes.push('failedReason', '(forgotten)', 'stacktrace', '[]')
    counts.failures += 1
  }
  if (changes.length > 0) await redis.eval(write, 1, key, ...changes)
}

const clearStream = async (redis: Redis, key: string, isTheirs: IsTheirs, counts: Counts) => {
  for (let from = '-'; ;) {
    const entries = await redis.xrange(key, from, '+', 'COUNT', page)
    const theirs = entries.flatMap(([id, fields]) => (isTheirs(fields.join(' ')) ? [id] : []))
    if (theirs.length > 0) await redis.xdel(key, ...theirs)
    counts.events += theirs.length
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
 * Forgets somebody in Redis: what was counted of them, and what jobs and their failures say. Lists of ids are not looked
 * into, as they say nothing.
 * @param open opens Redis; it is closed again
 * @param options.standsFor what an address is counted under, where it is not counted under itself
 * @param options.prefixes of the keys that are looked at: all others may be of another Agora
 * @throws Unavailable when Redis is away; what `prefixes` throws
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
    const tells = matchesPerson(sought)
    const isTheirs: IsTheirs = (text) => text.includes(sought.person) || tells(text)
    const named = [sought.person, ...sought.addresses.flatMap((address) => standsFor(address))]
    const counts: Counts = { counts: 0, texts: 0, jobs: 0, failures: 0, events: 0 }

    const look = async (redis: Redis, keys: readonly string[]): Promise<void> => {
      const types = await typesOf(redis, keys)
      for (const [at, key] of keys.entries())
        if (types[at] === 'hash') await clearJob(redis, key, isTheirs, counts)
        else if (types[at] === 'stream')
          // What processes tell each other may have to be heard still, also if it is of them.
          await clearStream(redis, key, key.endsWith(':events') ? isTheirs : tells, counts)
        else if (types[at] === 'string') {
          const isNamed = named.some((name) => key.includes(name))
          if (isNamed) counts.counts += await redis.del(key)
          else if (isTheirs((await redis.get(key)) ?? '')) counts.texts += await redis.del(key)
        }
    }

    const ours = await prefixes()
    const connection = await open()
    try {
      await connection.run(async (redis) => {
        for (const prefix of ours)
          for (let cursor = '0'; ;) {
            const scanned = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', page)
            cursor = scanned[0]
            await look(redis, scanned[1])
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
