import { derivedId, derivedUuid, type CommandOf, type DocumentOf } from '#kernel'
import { jobs } from '../../../projections/index.ts'
import { chore } from '../../../serving/chore.ts'
import { idleUntilNext } from '../../../serving/idle-until-next.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { JobRunId, schedule } from '../language.ts'
import { dueAfter, timingIn } from '../services/timing.ts'

/** Number of jobs that are read and fired at once. */
const atOnce = 100

type Job = DocumentOf<typeof jobs>
type Due = Extract<CommandOf<typeof schedule>, { type: 'FireJob' | 'RetryRun' }>

/** The commands for what is due of a job: its run, and further attempts at earlier ones. */
const dueCommands = (job: Job, now: string): readonly Due[] => {
  const retries = job.openRuns.flatMap(({ id: runId, retryAt }) =>
    retryAt !== undefined && retryAt <= now ? [{ type: 'RetryRun' as const, data: { runId } }] : [],
  )
  const dueAt = job.nextRunAt
  if (job.status === 'PAUSED' || job.isSkipping || dueAt === undefined || dueAt > now)
    return retries
  const nextRunAt = dueAfter(timingIn(job), dueAt, now)
  const data = {
    runId: derivedId(JobRunId, job.id, dueAt),
    dueAt,
    ...(nextRunAt !== undefined && { nextRunAt }),
  }
  return [...retries, { type: 'FireJob', data }]
}

/**
 * Fires what is due of a job. The stream decides whether it still is: the read model may be behind, and another process may
 * fire at the same time.
 */
const fire = async (
  job: Job,
  now: string,
  { executor }: Pick<JobPorts, 'executor'>,
): Promise<void> => {
  for (const command of dueCommands(job, now)) {
    const commandId = derivedUuid(command.type, command.data.runId, job.updatedAt)
    const origin = { commandId, actorId: 'fire-due-jobs', correlationId: commandId }
    await executor.execute(schedule, job.id, command, origin)
  }
}

/**
 * Fires the scheduled jobs that are due, the oldest due time first, a page at a time; once a second while any is, and idle until
 * the next one is due. Runs of several processes may overlap.
 */
export const fireDueJobs = chore({
  name: 'fire-due-jobs',
  every: 1_000,
  reads: [jobs],
  run: async (ports) => {
    const now = ports.clock().toISOString()
    const due = { where: { wakeAt: { lte: now } }, sort: ['wakeAt'], limit: atOnce, counted: false }
    const failures: unknown[] = []
    for (let after: { value: string | undefined; key: string } | undefined; ;) {
      const { documents } = await ports.readModels.find(jobs, { ...due, ...(after && { after }) })
      if (!after && documents.length === 0) return idleUntilNext(jobs, 'wakeAt', now, ports)
      const fired = await Promise.allSettled(documents.map((job) => fire(job, now, ports)))
      for (const one of fired) if (one.status === 'rejected') failures.push(one.reason)
      const last = documents.at(-1)
      if (!last || documents.length < atOnce) break
      after = { value: last.wakeAt, key: last.id }
    }
    // The others have been fired; these are again due in a second.
    if (failures.length > 0) throw failures[0]
    return undefined
  },
})
