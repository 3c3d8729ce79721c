import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  notifyingWorld,
  subscriptionOf,
  type NotifyingWorld,
} from '../../../../test/support/notifying.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import { asId } from '#kernel'
import { UserId } from '../../shared/index.ts'
import { notifications as context } from '../../notifications/index.ts'
import { phoneIdFor } from '../../notifications/services/phones.ts'
import { alert, alertIdOf, type Severity } from '../language.ts'
import { tellAdmins } from './tell-admins.ts'

let world: NotifyingWorld
beforeAll(async () => {
  world = await notifyingWorld()
  const { id, call } = await world.someone('root', 'admin')
  const { keys } = world.deps
  const number = '+4915112345678'
  const browser = { kind: 'webpush', subscription: subscriptionOf(id) }
  await call('POST', '/notifications/devices', browser)
  await call('POST', '/notifications/devices', { kind: 'phone', number })
  const phone = phoneIdFor(keys, asId(UserId, id), number)
  // The code is in the text message.
  await world.deliver()
  const code = /\d{6}/.exec(world.sms.taken.at(-1)?.text ?? '')?.[0] ?? ''
  await call('POST', `/notifications/devices/${phone}/confirm`, { code })
  await world.readModels.fold()
})
afterAll(() => world[Symbol.asyncDispose]())

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}

/** Raises an alert, or resolves it, and delivers the news. @returns how often each channel was used */
const newsOf = async (
  type: 'RaiseAlert' | 'ResolveAlert',
  subject: string,
  { severity = 'critical', isAway = false }: { severity?: Severity; isAway?: boolean } = {},
) => {
  const before = await world.log.head()
  const data = { rule: 'store-away', severity, subject, summary: `${subject} is away` }
  const command =
    type === 'RaiseAlert' ? { type, data: { ...data, value: 1, threshold: 0 } } : { type, data: {} }
  await world.deps.executor.execute(alert, alertIdOf('store-away', subject), command, origin())

  const { readModels } = world
  const unlessAway =
    <A extends readonly [{ readonly name: string; readonly store?: string }, ...unknown[]], R>(
      read: (...args: A) => Promise<R>,
    ) =>
    (...args: A): Promise<R> =>
      isAway && args[0].store === 'mongo'
        ? Promise.reject(new Unavailable('MongoDB is away'))
        : read(...args)
  const ports = {
    ...world.ports,
    readModels: {
      ...readModels,
      get: unlessAway(readModels.get) as typeof readModels.get,
      find: unlessAway(readModels.find) as typeof readModels.find,
    },
  }
  const sent = () => [world.mails.length, world.push.taken.length, world.sms.taken.length]
  const sentBefore = sent()
  let after = before
  for (;;) {
    await world.readModels.fold()
    const { events, position } = await world.log.readAll({ after, limit: 1_000 })
    if (events.length === 0) break
    after = position
    for (const event of events)
      for (const { reads, dataOf, run } of [tellAdmins, ...context.jobs]) {
        const asked = reads.includes(event.type) ? dataOf(event) : undefined
        // As it is queued.
        if (asked !== undefined)
          await run(JSON.parse(JSON.stringify(asked)) as never, origin(), ports)
      }
  }
  const [mail, push, sms] = sent().map((count, nth) => count - sentBefore[nth]!)
  return { mail, push, sms }
}

test('admins learn by mail, push and text message that MongoDB is away, while it is away', async () => {
  expect(await newsOf('RaiseAlert', 'mongodb', { isAway: true })).toEqual({
    mail: 1,
    push: 1,
    sms: 1,
  })
  expect(world.mails.at(-1)).toMatchObject({
    to: 'root@example.org',
    subject: 'Critical alert',
    text: 'mongodb is away.',
  })
  expect(world.sms.taken.at(-1)?.text).toContain('mongodb is away.')
})

test('only what goes on and affects clients is sent as a text message; warnings are for the app and mail', async () => {
  expect(await newsOf('ResolveAlert', 'mongodb')).toEqual({ mail: 1, push: 1, sms: 0 })
  const severity = 'warning'
  expect(await newsOf('RaiseAlert', 'a', { severity })).toEqual({ mail: 1, push: 0, sms: 0 })
  expect(await newsOf('ResolveAlert', 'a', { severity })).toEqual({ mail: 1, push: 0, sms: 0 })
})
