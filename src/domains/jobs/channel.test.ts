import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { newId } from '#kernel/testing'
import { letIn, someUser, socketWorld } from '../../../test/support/sockets.ts'
import { JobId, JobRunId, schedule } from './language.ts'

const patient = { timeout: 120_000 }
const names = ['task:accepted', 'task:progress', 'task:done', 'task:failed'] as const
type Told = { readonly taskId: string; readonly runId: string }

test('an admin follows the runs of a job; to others, there is no such task', async () => {
  await using world = await socketWorld()
  const listener = async (...roles: readonly ('admin' | 'seller')[]) => {
    const socket = world.connect('/tasks', world.tokenOf(someUser(), ...roles))
    const told: (readonly [string, Told])[] = []
    for (const name of names) socket.on(name, (message: Told) => void told.push([name, message]))
    await letIn(socket)
    return { socket, told }
  }
  const [root, eve] = [await listener('admin'), await listener('seller')]
  const taskId = newId(JobId)
  const [first, second, third] = [newId(JobRunId), newId(JobRunId), newId(JobRunId)]
  const send = (command: Parameters<typeof world.execute<typeof schedule>>[2]) => {
    const commandId = randomUUID()
    const origin = { commandId, actorId: 'test', correlationId: commandId }
    return world.execute(schedule, taskId, command, origin)
  }
  await send({
    type: 'ScheduleJob',
    data: {
      type: 'report',
      payload: {},
      timing: { everyMs: 60_000 },
      overlap: 'queue',
      missed: 'once',
      attempts: 1,
      timeLimitMs: 1_000,
      scheduledBy: someUser(),
      nextRunAt: '2030-01-01T00:00:00.000Z',
    },
  })
  const subscribe = (by: typeof root, id: string = taskId) =>
    by.socket.emitWithAck('task:subscribe', { taskId: id })
  await expect
    .poll(() => subscribe(root), patient)
    .toMatchObject({ ok: true, status: 'SCHEDULED', position: expect.any(String) })
  const refused = { ok: false, code: 'no_such_task' }
  expect(await subscribe(eve)).toMatchObject(refused)
  expect(await subscribe(root, randomUUID())).toMatchObject(refused)

  for (const runId of [first, second, third]) await send({ type: 'RunJob', data: { runId } })
  const attempt = { runId: first, attempt: 1 }
  await send({ type: 'StartRun', data: attempt })
  await send({ type: 'ReportProgress', data: { ...attempt, progress: 40 } })
  await send({ type: 'CompleteRun', data: { ...attempt, output: {} } })
  const failure = { runId: second, attempt: 1, error: 'No bell.', isFinal: true }
  await send({ type: 'FailRun', data: failure })
  const last = newId(JobRunId)
  await send({ type: 'RunJob', data: { runId: last } })
  await send({ type: 'CancelJob', data: {} })

  await expect
    .poll(() => root.told.filter(([name]) => name === 'task:failed').length, patient)
    .toBe(3)
  const messages = root.told.map(([name, { runId, ...message }]) => {
    expect(message).toMatchObject({ taskId, kind: 'job', position: expect.stringMatching(/^\d+$/) })
    return [name, [first, second, third, last].findIndex((id) => id === runId)]
  })
  const of = (run: number) => messages.filter(([, of]) => of === run).map(([name]) => name)
  const accepted = 'task:accepted'
  expect(of(0)).toEqual([accepted, 'task:progress', 'task:progress', 'task:done'])
  expect(of(1)).toEqual([accepted, 'task:failed'])
  // Triggered as the second one ended; no process had begun it.
  expect(of(2)).toEqual([accepted, 'task:failed'])
  expect(of(3)).toEqual([accepted, 'task:failed'])
  expect(await subscribe(root)).toMatchObject({ ok: true, status: 'CANCELLED', runId: last })
  expect(await root.socket.emitWithAck('task:unsubscribe', { taskId })).toEqual({ ok: true })
  expect(eve.told).toEqual([])
})
