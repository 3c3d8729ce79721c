import type { FastifyBaseLogger } from 'fastify'
import { redisKeys } from './forgetting-in-redis.ts'
import type { Config } from '../config.ts'
import { withoutPassword } from '../platform/log-identity/url-for-people.ts'
import type { Database } from '../platform/postgres/database.ts'
import { bullmqQueue } from '../platform/queue/bullmq.ts'
import {
  isSamePlace,
  jobStores,
  OtherJobStore,
  type JobPlace,
} from '../platform/queue/job-stores.ts'
import { patient } from '../platform/queue/patient.ts'
import type { Queue } from '../platform/queue/port.ts'
import { succeeding } from '../platform/queue/succession.ts'

/** The queues of the outside world. */
const queues = ['send-mail'] as const

/** What the PostgreSQL of everything else is called among stores of jobs. */
const ownPostgres = 'postgres'

type Opening = {
  readonly database: Database
  readonly postgresUrl: string
  /** Part of the prefix of this Agora in a Redis that others use as well; follows from the identity of its log. */
  readonly room: string
  /** The same, as older versions derived it from the secret: jobs may wait there still. */
  readonly roomBefore: string
  readonly failed: (error: unknown) => void
  readonly logger: Pick<FastifyBaseLogger, 'info'>
  /** How often it is looked whether a store that was used before is empty, in ms; default 10,000. */
  readonly every?: number
  /** Keeps what is to be closed, in reverse order. */
  readonly parts: AsyncDisposableStack
}

/**
 * Opens the queue of what is done to the outside world, in Redis or else in PostgreSQL; what waits still where it was
 * before is worked on as well. A store counts as used once the first job is about to be added to it: a Redis that was
 * never reached holds nothing.
 * @throws OtherJobStore when jobs may wait in a Redis that nothing is told of; nothing has been changed then
 */
export const openJobs = async (
  {
    redisUrl,
    redisUrlBefore,
    lease,
  }: Pick<Config, 'redisUrl' | 'redisUrlBefore'> & { readonly lease?: Config['lease'] },
  { database, postgresUrl, room, roomBefore, failed, logger, every = 10_000, parts }: Opening,
): Promise<Queue> => {
  const stores = jobStores(database)
  const here: JobPlace =
    redisUrl === undefined ? { named: ownPostgres } : { named: withoutPassword(redisUrl), room }
  /** Whether this process has recorded that jobs may wait where it adds them. */
  let recorded = false
  const record = async (): Promise<void> => {
    if (recorded) return
    await stores.used(here)
    recorded = true
  }

  const open = async (url: string, schema: string, beforeFirstAdd?: () => Promise<void>) =>
    patient(
      await bullmqQueue(url, {
        schema,
        queues,
        ...(lease !== undefined && { lease }),
        onError: failed,
        ...(beforeFirstAdd && { beforeFirstAdd }),
      }),
    )
  const prefixOf = (place: JobPlace) => redisKeys(place.room ?? roomBefore).jobs

  const before = new Map<JobPlace, () => Promise<Queue>>()
  const givenUp: JobPlace[] = []
  const unknown: string[] = []
  for (const other of await stores.known()) {
    if (isSamePlace(other, here)) continue
    const url = [redisUrl, redisUrlBefore].find(
      (one) => one !== undefined && withoutPassword(one) === other.named,
    )
    if (other.named === ownPostgres) before.set(other, () => open(postgresUrl, 'bullmq'))
    else if (url !== undefined) before.set(other, () => open(url, prefixOf(other)))
    else if (redisUrlBefore === 'none') givenUp.push(other)
    else unknown.push(other.named)
  }
  if (unknown.length > 0)
    throw new OtherJobStore(
      `Mails may wait in ${[...new Set(unknown)].join(', ')}, where jobs were kept until now. Nothing was changed. Set REDIS_URL to it again; or set REDIS_URL_BEFORE to it (with its password), and what waits there is sent as well; or set REDIS_URL_BEFORE=none to give it up.`,
    )
  for (const place of givenUp) await stores.emptied(place)

  const opened = new Map<JobPlace, Queue>()
  for (const [place, openBefore] of before) opened.set(place, await openBefore())
  const now = await (redisUrl === undefined
    ? open(postgresUrl, 'bullmq', record)
    : open(redisUrl, prefixOf(here), record))
  const queue = parts.adopt(succeeding(now, [...opened.values()]), (it) => it.close())

  const isEmpty = async (it: Queue): Promise<boolean> => {
    const counts = await Promise.all(queues.map(it.counts))
    return counts.every((of) => of.waiting + of.delayed + of.active + of.parked === 0)
  }
  const look = async (): Promise<void> => {
    // Another process may have seen it empty in between.
    if (recorded) await stores.used(here)
    const known = await stores.known()
    for (const [place, it] of opened) {
      if (!known.some((other) => isSamePlace(other, place)) || !(await isEmpty(it))) continue
      await stores.emptied(place)
      logger.info({ store: place.named }, 'No jobs wait where they were kept before')
    }
  }
  // Those that came after this process, and keep jobs elsewhere, may have seen it empty before the last one came.
  parts.defer(async () => {
    try {
      const isKnown = (await stores.known()).some((other) => isSamePlace(other, here))
      if (recorded && !isKnown && !(await isEmpty(now))) await stores.used(here)
    } catch (error) {
      failed(error)
    }
  })
  const looking = setInterval(() => void look().catch(failed), every).unref()
  parts.defer(() => clearInterval(looking))
  return queue
}
