import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { asId } from '#kernel'
import { newId } from '#kernel/testing'
import { notification } from '../language.ts'
import { NotificationId, UserId } from '../../shared/index.ts'
import { boundJob } from '../../../serving/job.ts'
import { sendMail } from './send-mail.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}

/** Sends a notification by mail. @returns the number of sent mails, and the notification's status afterwards */
const tell = async (userId: UserId, more: { readonly marketing?: true } = {}) => {
  const mails: string[] = []
  const mailer = {
    send: async ({ to }: { readonly to: string }) => void mails.push(to),
    close: async () => undefined,
  }
  const { executor } = world.deps
  const id = newId(NotificationId)
  const news = { type: 'news', subject: 'News', text: 'Some', ...more }
  const data = { userId, channel: 'email' as const, ...news }
  await executor.execute(notification, id, { type: 'RequestNotification', data }, origin())
  const job = boundJob(sendMail, jobPorts(world, { mailer }))
  const { events } = await world.log.readAll()
  const asked = events.findLast(({ id: about }) => about === id)
  // Run twice, as after a crash.
  for (let times = 0; times < 2; times += 1) await job.run(job.dataOf(asked!)!, origin())
  const { state } = await executor.stateOf(notification, id)
  return { mails: mails.length, status: state.status }
}

test('mails are sent by the preferences at the time of sending', async () => {
  const { id, call } = await world.someone('ada')
  const userId = asId(UserId, id)
  expect(await tell(userId)).toEqual({ mails: 1, status: 'sent' })
  expect(await tell(userId, { marketing: true })).toEqual({ mails: 0, status: 'skipped' })

  const wish = async (email: boolean, marketing: boolean) => {
    const wishes = { locale: 'en', channels: { inApp: true, email }, marketing }
    expect((await call('PUT', '/users/me/preferences', wishes)).status).toBe(200)
  }
  await wish(false, true)
  expect(await tell(userId)).toEqual({ mails: 0, status: 'skipped' })
  await wish(true, true)
  expect(await tell(userId)).toEqual({ mails: 1, status: 'sent' })
  expect(await tell(userId, { marketing: true })).toEqual({ mails: 1, status: 'sent' })
})

test('a parked mail has failed, and is sent when its dead letter is retried', async () => {
  const { id } = await world.someone('bob')
  const { executor } = world.deps
  const notificationId = newId(NotificationId)
  const data = {
    userId: asId(UserId, id),
    channel: 'email' as const,
    type: 'news',
    subject: 'News',
    text: 'Some',
  }
  const request = { type: 'RequestNotification' as const, data }
  await executor.execute(notification, notificationId, request, origin())
  const mails: string[] = []
  const mailer = {
    send: async ({ to }: { readonly to: string }) => void mails.push(to),
    close: async () => undefined,
  }
  const job = boundJob(sendMail, jobPorts(world, { mailer }))
  const { events } = await world.log.readAll()
  const asked = job.dataOf(events.findLast(({ id: about }) => about === notificationId)!)!
  if (typeof job.givenUp !== 'function') throw new Error('It reports')
  await job.givenUp(asked, origin(), new Error('away'))
  const statusNow = async () => {
    const { state } = await executor.stateOf(notification, notificationId)
    return state.status
  }
  expect(await statusNow()).toBe('failed')
  await job.run(asked, origin())
  expect(await statusNow()).toBe('sent')
  // A sent one in the bundle stays sent when the bundle is parked.
  await job.givenUp(asked, origin(), new Error('away'))
  expect(await statusNow()).toBe('sent')
  expect(mails).toEqual(['bob@example.org'])
})
