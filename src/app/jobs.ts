import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config.ts'
import { withoutPassword } from '../platform/log-identity/url-for-people.ts'
import type { Database } from '../platform/postgres/database.ts'
import { bullmqQueue } from '../platform/queue/bullmq.ts'
import { jobStores, OtherJobStore } from '../platform/queue/job-stores.ts'
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
  /** What this Agora is called in a Redis that others use as well. */
  readonly room: string
  readonly failed: (error: unknown) => void
  readonly logger: Pick<FastifyBaseLogger, 'info'>
  /** How often it is looked whether a store that was used before is empty, in ms; default 10,000. */
  readonly every?: number
  /** Keeps what is to be closed, in reverse order. */
  readonly parts: AsyncDisposableStack
}

/**
 * Opens the queue of what is done to the outside world, in Redis or else in PostgreSQL; what waits still where it was
 * before is worked on as well.
 * @throws OtherJobStore when jobs may wait in a Redis that nothing is told of; nothing has been changed then
 */
export const openJobs = async (
  { redisUrl, redisUrlBefore }: Pick<Config, 'redisUrl' | 'redisUrlBefore'>,
  { database, postgresUrl, room, failed, logger, every = 10_000, parts }: Opening,
): Promise<Queue> => {
  const open = async (url: string, schema: string) =>
    patient(await bullmqQueue(url, { schema, queues, onError: failed }))
  const inPostgres = () => open(postgresUrl, 'bullmq')
  // In braces: what a cluster is to keep in one place.
  const inRedis = (url: string) => open(url, `agora:{jobs-${room}}`)

  const stores = jobStores(database)
  const named = redisUrl === undefined ? ownPostgres : withoutPassword(redisUrl)
  const before = new Map<string, () => Promise<Queue>>()
  const unknown: string[] = []
  for (const other of await stores.known())
    if (other === named) continue
    else if (other === ownPostgres) before.set(other, inPostgres)
    else if (redisUrlBefore === 'none') await stores.emptied(other)
    else if (redisUrlBefore !== undefined && withoutPassword(redisUrlBefore) === other)
      before.set(other, () => inRedis(redisUrlBefore))
    else unknown.push(other)
  if (unknown.length > 0)
    throw new OtherJobStore(
      `Mails may wait in ${unknown.join(', ')}, where jobs were kept until now. Nothing was changed. Set REDIS_URL to it again; or set REDIS_URL_BEFORE to it (with its password), and what waits there is sent as well; or set REDIS_URL_BEFORE=none to give it up.`,
    )
  await stores.used(named)

  const opened = new Map<string, Queue>()
  for (const [name, openBefore] of before) opened.set(name, await openBefore())
  const now = redisUrl === undefined ? await inPostgres() : await inRedis(redisUrl)
  const queue = parts.adopt(succeeding(now, [...opened.values()]), (it) => it.close())

  const isEmpty = async (it: Queue): Promise<boolean> => {
    const counts = await Promise.all(queues.map(it.counts))
    return counts.every((of) => of.waiting + of.delayed + of.active + of.parked === 0)
  }
  const look = async (): Promise<void> => {
    // Another process may have seen it empty in between.
    await stores.used(named)
    for (const name of await stores.known()) {
      const it = opened.get(name)
      if (!it || !(await isEmpty(it))) continue
      await stores.emptied(name)
      logger.info({ store: name }, 'No jobs wait where they were kept before')
    }
  }
  // Those that came after this process, and keep jobs elsewhere, may have seen it empty before the last one came.
  parts.defer(async () => {
    try {
      if (!(await stores.known()).includes(named) && !(await isEmpty(now))) await stores.used(named)
    } catch (error) {
      failed(error)
    }
  })
  const looking = setInterval(() => void look().catch(failed), every).unref()
  parts.defer(() => clearInterval(looking))
  return queue
}
