import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'
import {
  ask,
  channel,
  Position,
  refusal,
  subscription,
  tell,
  unsubscription,
  type AnyChannel,
} from './channel.ts'
import type { Entry, Fresh } from './questions.ts'
import type { AnyTopic, MessageOf } from './topic.ts'

const TaskId = Type.String({ format: 'uuid' })
const TaskRef = Fields({ taskId: TaskId })

/** A task that a message is about: the cleaning of a file, by its id, or a scheduled job, by its id, with the run. */
const task = {
  taskId: TaskId,
  kind: Type.Enum(['media', 'job']),
  runId: Type.Optional(Type.String({ format: 'uuid' })),
  position: Position,
}

const statuses = [
  ...(['PROCESSING', 'READY', 'REJECTED'] as const),
  ...(['SCHEDULED', 'QUEUED', 'WAITING', 'RUNNING', 'RETRYING'] as const),
  ...(['COMPLETED', 'FAILED', 'SKIPPED', 'CANCELLED'] as const),
] as const

const Details = Fields({
  status: Type.Enum([...statuses], {
    description: 'Of a picture, or of the newest run of a job; `SCHEDULED` before its first run.',
  }),
  runId: task.runId,
  reason: Type.Optional(Type.String()),
  position: Position,
})

/** Room of the sockets that have subscribed to a task. */
export const taskRoom = (taskId: string): string => `task:${taskId}`

/** The same answer for tasks of others: their ids are not disclosed. */
export const noSuchTask = refusal('no_such_task', 'There is no such task.')

/**
 * The messages about tasks, for a topic.
 * @param after types of the events that cause each
 */
export const taskMessages = (after: {
  readonly accepted: readonly string[]
  readonly progress: readonly string[]
  readonly done: readonly string[]
  readonly failed: readonly string[]
}) => ({
  'task:accepted': tell('A task was accepted, and will be done.', Task, after.accepted),
  'task:progress': tell('A task is being done.', Progress, after.progress),
  'task:done': tell('A task is done.', Task, after.done),
  'task:failed': tell('A task has failed.', Failure, after.failed),
})
/** A message about a task. */
export type TaskMessage = MessageOf<ReturnType<typeof taskMessages>>

const Task = Fields(task)
const Progress = Fields({ ...task, progress: Type.Integer({ minimum: 0, maximum: 100 }) })
const Failure = Fields({ ...task, reason: Type.String() })

const subscribe = ask('Subscribe to a task; the answer has its current status.', TaskRef, Details)
const unsubscribe = ask('End the subscription to a task.', TaskRef)

type TaskEntry<State extends Fresh> = Entry<Static<typeof TaskRef>, Static<typeof Details>, State>

/**
 * Declares the part of a context in the channel `/tasks`: it tells of its tasks by its topic, and answers subscriptions to
 * them. The parts of all contexts are served as one channel.
 * @param part.mustExist refuses tasks that are unknown to this context by `noSuchTask`
 */
export const tasksOf = <State extends Fresh>({
  topic,
  ...entry
}: Pick<TaskEntry<State>, 'read' | 'answer'> & {
  readonly topic: AnyTopic
  readonly mustExist: NonNullable<TaskEntry<State>['mustExist']>
}): AnyChannel =>
  channel({
    namespace: '/tasks',
    about:
      'Tasks: the cleaning of uploaded pictures, and runs of scheduled jobs. Owners of pictures receive the messages of all of them without subscribing; admins may subscribe to any task.',
    topics: [topic],
    client: {
      'task:subscribe': subscription(subscribe, {
        topic,
        room: ({ taskId }) => taskRoom(taskId),
        ...entry,
      }),
      'task:unsubscribe': unsubscription(unsubscribe, ({ taskId }) => taskRoom(taskId)),
    },
  })
