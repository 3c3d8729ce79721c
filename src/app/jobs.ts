import type { FastifyBaseLogger } from 'fastify'
import { redisKeys } from './redis-keys.ts'
import type { Config } from '../config.ts'
import { withoutPassword } from '../platform/storage/log-identity/url-for-people.ts'
import type { Database } from '../platform/engines/postgres/database.ts'
import {
  isSamePlace,
  jobStores,
  OtherJobStore,
  type JobPlace,
} from '../platform/messaging/queue/job-stores.ts'
import { retryWorkerStart } from '../platform/messaging/queue/retry-worker-start.ts'
import type { Queue } from '../platform/messaging/queue/port.ts'
import { drainPreviousStore } from '../platform/messaging/queue/drain-previous-store.ts'

/** Name of the job store in BullMQ's tables of the main PostgreSQL, in which earlier versions queued mails. */
const ownPostgres = 'postgres'

type OpenOptions = {
  readonly database: Database
  readonly postgresUrl: string
  /** The queues whose store follows `REDIS_URL`: those of jobs that declare `queue: 'mails'`. */
  readonly queues: readonly string[]
  /** The queue in plain rows; the caller closes it. */
  readonly rows: Queue
  /** Key prefix of this Agora in a shared Redis; derived from the identity of its log. */
  readonly room: string
  /** Key prefix of older versions, derived from the secret: jobs may still wait there. */
  readonly roomBefore: string
  /** Called with failures in the background. */
  readonly failed: (error: unknown) => void
  readonly logger: Pick<FastifyBaseLogger, 'info'>
  /** Poll interval for whether a previous store is empty, in ms; default 10,000. */
  readonly pollMs?: number
  /** Closes the stores, in reverse order. */
  readonly parts: AsyncDisposableStack
}

/** The job queues of a process. */
export type OpenJobs = {
  /** Queue of mail jobs: adds to Redis with `REDIS_URL`, else to rows; runs jobs of every store in which some may wait. */
  readonly mails: Queue
  /** Every job store once, for operators. */
  readonly all: readonly Queue[]
}

/**
 * Opens the stores of mail jobs. Jobs are added to BullMQ in Redis with `REDIS_URL`, and to plain rows without; jobs that
 * still wait in a previous store are run as well. A Redis is recorded as used right before the first job is added to it:
 * one that was never reached has no jobs.
 * @throws OtherJobStore when jobs may wait in a Redis whose URL is not configured; nothing is changed then
 */
export const openJobs = async (
  {
    redisUrl,
    redisUrlBefore,
    lease,
  }: Pick<Config, 'redisUrl' | 'redisUrlBefore'> & { readonly lease?: Config['lease'] },
  {
    database,
    postgresUrl,
    queues,
    rows,
    room,
    roomBefore,
    failed,
    logger,
    pollMs = 10_000,
    parts,
  }: OpenOptions,
): Promise<OpenJobs> => {
  const stores = jobStores(database)
  const here: JobPlace | undefined =
    redisUrl === undefined ? undefined : { named: withoutPassword(redisUrl), room }
  /** Whether this process has recorded the store to which it adds jobs. */
  let recorded = false
  const record = async (place: JobPlace): Promise<void> => {
    if (recorded) return
    await stores.used(place)
    recorded = true
  }

  const open = async (url: string, schema: string, beforeFirstAdd?: () => Promise<void>) => {
    const { bullmqQueue } = await import('../platform/messaging/queue/bullmq.ts')
    return parts.adopt(
      retryWorkerStart(
        await bullmqQueue(url, {
          schema,
          queues,
          ...(lease !== undefined && { lease }),
          onError: failed,
          ...(beforeFirstAdd && { beforeFirstAdd }),
        }),
      ),
      (it) => it.close(),
    )
  }
  const prefixOf = (place: JobPlace) => redisKeys(place.room ?? roomBefore).jobs

  const before = new Map<JobPlace, () => Promise<Queue>>()
  const givenUp: JobPlace[] = []
  const unknown: string[] = []
  for (const other of await stores.known()) {
    if (here !== undefined && isSamePlace(other, here)) continue
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
      `Mails may wait in ${[...new Set(unknown)].join(', ')}, the job store used until now. Nothing was changed. Set REDIS_URL to it again; or set REDIS_URL_BEFORE to it (with its password) to send the waiting mails as well; or set REDIS_URL_BEFORE=none to give them up.`,
    )
  for (const place of givenUp) await stores.emptied(place)

  const opened = new Map<JobPlace, Queue>()
  for (const [place, openBefore] of before) opened.set(place, await openBefore())
  const inRedis =
    here === undefined || redisUrl === undefined
      ? undefined
      : await open(redisUrl, prefixOf(here), () => record(here))
  const drained = [...opened.values()]
  const mails = inRedis
    ? drainPreviousStore(inRedis, [rows, ...drained])
    : drained.length > 0
      ? drainPreviousStore(rows, drained)
      : rows
  // An unavailable previous store does not hide the jobs of the others.
  const all = inRedis ? [rows, drainPreviousStore(inRedis, drained)] : [mails]

  const isEmpty = async (it: Queue): Promise<boolean> => {
    const counts = await Promise.all(queues.map(it.counts))
    return counts.every((of) => of.waiting + of.delayed + of.active + of.parked === 0)
  }
  const poll = async (): Promise<void> => {
    // Another process may have seen the store empty in between, and removed its record.
    if (here !== undefined && recorded) await stores.used(here)
    const known = await stores.known()
    for (const [place, it] of opened) {
      if (!known.some((other) => isSamePlace(other, place)) || !(await isEmpty(it))) continue
      await stores.emptied(place)
      logger.info({ store: place.named }, 'The previous job store is empty')
    }
  }
  // Processes that started later with another store may have seen this one empty before the last job was added.
  parts.defer(async () => {
    if (here === undefined || inRedis === undefined || !recorded) return
    try {
      const isKnown = (await stores.known()).some((other) => isSamePlace(other, here))
      if (!isKnown && !(await isEmpty(inRedis))) await stores.used(here)
    } catch (error) {
      failed(error)
    }
  })
  if (here === undefined && opened.size === 0) return { mails, all }
  const polling = setInterval(() => void poll().catch(failed), pollMs).unref()
  parts.defer(() => clearInterval(polling))
  return { mails, all }
}
