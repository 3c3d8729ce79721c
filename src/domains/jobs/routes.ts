import { Type, type Static } from 'typebox'
import { derivedId, Fields, isRefusal, type CommandOf, type DocumentOf } from '#kernel'
import { JobRun, jobRuns, jobs, JobStatus, ShownJob } from '../../projections/index.ts'
import type { Executed } from '../../runtime/execution.ts'
import { readOne } from '../../runtime/reading.ts'
import { Fresh, listed, ListOf, ListQuery, minPositionOf } from '../../serving/lists.ts'
import { notFound } from '../../serving/problem.ts'
import { refusalProblem } from '../../serving/refusals.ts'
import { route, type Asked } from '../../serving/route.ts'
import type { Ports } from '../../serving/ports.ts'
import { JobId, JobRunId, schedule, WorkflowType } from './language.ts'
import { mustBeKnown, RequestedJob, requestedTiming } from './services/requested-job.ts'
import { dueNext } from './services/timing.ts'

const Params = Fields({ id: JobId })
const Timestamp = Type.String({ format: 'date-time' })

/** A scheduled job without what only the scheduler needs; while its due times are left out, without one that has passed. */
const shownOf = (document: DocumentOf<typeof jobs>, now: Date): Static<typeof ShownJob> => {
  const { wakeAt: _, openRuns: __, queuedRuns: ___, isSkipping, nextRunAt, ...job } = document
  const isShown = nextRunAt !== undefined && !(isSkipping && nextRunAt <= now.toISOString())
  return { ...job, ...(isShown && { nextRunAt }) }
}

/** A job after a command that changed it. */
const Changed = Type.Object({
  id: JobId,
  status: Type.Enum(['ACTIVE', 'PAUSED', 'CANCELLED']),
  nextRunAt: Type.Optional(Timestamp),
})
const statuses = { active: 'ACTIVE', paused: 'PAUSED', cancelled: 'CANCELLED' } as const

const changed = (id: JobId, { state, position, revision }: Executed<typeof schedule>) => {
  if (state.status === 'new') throw notFound('job')
  const { status, nextRunAt } = state
  const data = { id, status: statuses[status], ...(nextRunAt !== undefined && { nextRunAt }) }
  return { data, position, revision }
}

type Steered = Pick<Asked<Static<typeof Params>, object, object, 'admin'>, 'params' | 'origin'>

/** Sends a command to a job. @throws Problem */
const sent = async (
  { params: { id }, origin }: Steered,
  { executor }: Pick<Ports, 'executor'>,
  command: CommandOf<typeof schedule>,
): Promise<Executed<typeof schedule>> => {
  const answer = await executor.execute(schedule, id, command, origin)
  if (isRefusal(answer)) throw refusalProblem(schedule, answer)
  return answer
}

/** Routes of scheduled jobs. */
export const routes = [
  route({
    method: 'POST',
    url: '/jobs',
    access: 'admin',
    operationId: 'scheduleJob',
    summary: 'Schedule a job: once, by cron in a time zone, or in intervals',
    description: 'With one of `runAt`, `cron` and `everyMs`. `GET /jobs/types` lists the types.',
    body: RequestedJob,
    example: { type: 'session-cleanup', cron: '30 2 * * *', timeZone: 'Europe/Berlin' },
    data: Type.Object({ id: JobId, nextRunAt: Timestamp }),
    status: 201,
    handle: async ({ body, caller, origin }, { executor, workflows, clock }) => {
      const { type, payload = {}, overlap = 'skip', missed = 'once' } = body
      const { attempts = 3, timeLimitMs = 3_600_000, ...fields } = body
      mustBeKnown(workflows, type, payload)
      const { timing, nextRunAt } = requestedTiming(fields, clock().toISOString())
      const id = derivedId(JobId, origin.commandId, 'job')
      const settings = { type, payload, timing, overlap, missed, attempts, timeLimitMs }
      const data = { ...settings, scheduledBy: caller.id, nextRunAt }
      const command = { type: 'ScheduleJob' as const, data }
      const answer = await sent({ params: { id }, origin }, { executor }, command)
      const { state, position, revision } = answer
      // A repeated request may come later; the answer is that of the first.
      const due = state.status === 'new' ? nextRunAt : (state.nextRunAt ?? nextRunAt)
      return { data: { id, nextRunAt: due }, position, revision, location: `/jobs/${id}` }
    },
  }),

  route({
    method: 'GET',
    url: '/jobs',
    access: 'admin',
    operationId: 'listJobs',
    summary: 'All scheduled jobs, the latest first',
    query: ListQuery(['createdAt'], {
      status: Type.Optional(JobStatus),
      type: Type.Optional(WorkflowType),
    }),
    data: ListOf('jobs', ShownJob),
    handle: async ({ query }, ports) => {
      const { status, type } = query
      const { documents, info, position } = await listed(ports, jobs, query, { status, type })
      return {
        data: { jobs: documents.map((job) => shownOf(job, ports.clock())), ...info },
        position,
      }
    },
  }),

  route({
    method: 'GET',
    url: '/jobs/types',
    access: 'admin',
    operationId: 'listJobTypes',
    summary: 'The types of jobs that can be scheduled',
    data: Type.Object({
      types: Type.Array(
        Type.Object({
          name: WorkflowType,
          about: Type.String(),
          payload: Type.Record(Type.String(), Type.Unknown(), {
            description: 'JSON Schema of the payload',
          }),
          example: Type.Record(Type.String(), Type.Unknown()),
        }),
      ),
    }),
    handle: async (_, { workflows }) => ({
      data: {
        types: workflows.map(({ name, about, payload, example }) => ({
          name,
          about,
          payload: { ...payload },
          example: { ...example },
        })),
      },
    }),
  }),

  route({
    method: 'GET',
    url: '/jobs/:id',
    access: 'admin',
    operationId: 'getJob',
    summary: 'A scheduled job with its newest runs, the latest first',
    params: Params,
    query: Fresh,
    data: Fields({ ...ShownJob.properties, runs: Type.Array(JobRun) }),
    problems: [404],
    handle: async ({ params: { id }, query }, { readModels, clock }) => {
      const { document, position } = await readOne(readModels, jobs, id, minPositionOf(query))
      if (!document) throw notFound('job')
      const { document: history } = await readModels.get(jobRuns, id, position)
      const runs = history?.runs.toReversed() ?? []
      return { data: { ...shownOf(document, clock()), runs }, position }
    },
  }),

  route({
    method: 'POST',
    url: '/jobs/:id/run',
    access: 'admin',
    operationId: 'runJob',
    summary: 'Trigger a run now',
    description: 'By the overlap rule of the job; a paused job runs as well.',
    params: Params,
    data: Type.Object({ id: JobId, runId: JobRunId }),
    status: 202,
    problems: [404, 409],
    handle: async (asked, ports) => {
      const runId = derivedId(JobRunId, asked.origin.commandId, 'run')
      const { position, revision } = await sent(asked, ports, { type: 'RunJob', data: { runId } })
      return { data: { id: asked.params.id, runId }, position, revision }
    },
  }),

  route({
    method: 'POST',
    url: '/jobs/:id/pause',
    access: 'admin',
    operationId: 'pauseJob',
    summary: 'Pause a job: it is not due until it is resumed; its runs go on',
    params: Params,
    data: Changed,
    problems: [404, 409],
    handle: async (asked, ports) =>
      changed(asked.params.id, await sent(asked, ports, { type: 'PauseJob', data: {} })),
  }),

  route({
    method: 'POST',
    url: '/jobs/:id/resume',
    access: 'admin',
    operationId: 'resumeJob',
    summary: 'Resume a paused job; what was due meanwhile is left out, unless it is due once',
    params: Params,
    data: Changed,
    problems: [404, 409],
    handle: async (asked, ports) => {
      const { state } = await ports.executor.stateOf(schedule, asked.params.id)
      if (state.status === 'new') throw notFound('job')
      const { timing, nextRunAt: dueAt } = state
      const nextRunAt = dueAt && dueNext(timing, dueAt, ports.clock().toISOString())
      const data = nextRunAt === undefined ? {} : { nextRunAt }
      return changed(asked.params.id, await sent(asked, ports, { type: 'ResumeJob', data }))
    },
  }),

  route({
    method: 'DELETE',
    url: '/jobs/:id',
    access: 'admin',
    operationId: 'cancelJob',
    summary: 'Cancel a job for good, with its runs; an attempt under way ends by itself',
    params: Params,
    data: Changed,
    problems: [404],
    handle: async (asked, ports) =>
      changed(asked.params.id, await sent(asked, ports, { type: 'CancelJob', data: {} })),
  }),
]
