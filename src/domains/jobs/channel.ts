import type { DocumentOf, RecordedEvent } from '#kernel'
import { jobRuns } from '../../projections/index.ts'
import { readOne } from '../../runtime/reading.ts'
import { allows } from '../../serving/caller.ts'
import { topic } from '../../serving/channel.ts'
import { textIn } from '../../serving/event-fields.ts'
import {
  noSuchTask,
  taskMessages,
  taskRoom,
  tasksOf,
  type TaskMessage,
} from '../../serving/tasks.ts'

type Runs = DocumentOf<typeof jobRuns>

/** The messages about an event of a job. */
const messagesOf = ({ id: taskId, runs }: Runs, event: RecordedEvent): readonly TaskMessage[] => {
  const { type, position, at } = event
  const of = (runId: string) => ({
    taskId,
    kind: 'job' as const,
    runId,
    position: String(position),
  })
  const failed = (runId: string, reason: string) => ({
    name: 'task:failed' as const,
    payload: { ...of(runId), reason },
  })
  if (type === 'JobCancelled')
    return runs
      .filter(({ state, endedAt }) => state === 'CANCELLED' && endedAt === at)
      .map(({ id }) => failed(id, 'cancelled'))

  const run = runs.find(({ id }) => id === textIn(event, 'runId'))
  if (!run) return []
  const payload = of(run.id)
  if (type === 'JobQueued' || (type === 'WorkflowTriggered' && textIn(event, 'cause') !== 'queue'))
    return [{ name: 'task:accepted' as const, payload }]
  if (type === 'JobStarted' || type === 'JobProgressed')
    return [
      { name: 'task:progress' as const, payload: { ...payload, progress: run.progress ?? 0 } },
    ]
  if (type === 'JobCompleted') return [{ name: 'task:done' as const, payload }]
  // Otherwise it is retried.
  return type === 'JobFailed' && textIn(event, 'retryAt') === ''
    ? [failed(run.id, run.error ?? '')]
    : []
}

const runsOfJobs = topic({
  projection: jobRuns,
  server: taskMessages({
    accepted: ['WorkflowTriggered', 'JobQueued'],
    progress: ['JobStarted', 'JobProgressed'],
    done: ['JobCompleted'],
    failed: ['JobFailed', 'JobCancelled'],
  }),
  concerns: ({ id }, { audience }) => (audience.isIn(taskRoom(id)) ? id : undefined),
  tells: ({ changes }) =>
    changes.flatMap(({ document, events }) =>
      events
        .flatMap((event) => messagesOf(document, event))
        .map((message) => ({ ...message, to: taskRoom(document.id) })),
    ),
})

/** Scheduled jobs in `/tasks`, for admins: the id of a task is that of the job. */
export const jobTasks = tasksOf({
  topic: runsOfJobs,
  mustExist: async ({ taskId }, { caller, ports: { readModels } }) => {
    if (!allows('admin', caller)) return noSuchTask
    const { document } = await readOne(readModels, jobRuns, taskId)
    return document ? undefined : noSuchTask
  },
  read: ({ taskId }, { ports: { readModels }, minPosition }) =>
    readOne(readModels, jobRuns, taskId, minPosition),
  answer: ({ document, position }) => {
    if (!document) return noSuchTask
    const newest = document.runs.at(-1)
    return {
      ok: true,
      status: newest?.state ?? 'SCHEDULED',
      ...(newest && { runId: newest.id }),
      ...(newest?.error !== undefined && { reason: newest.error }),
      position: String(position),
    }
  },
})
