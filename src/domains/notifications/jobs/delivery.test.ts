import { afterAll, beforeAll, expect, test } from 'vitest'
import { asId, derivedUuid, isRefusal } from '#kernel'
import { newId } from '#kernel/testing'
import {
  notifyingWorld,
  subscriptionOf,
  type NotifyingWorld,
} from '../../../../test/support/notifying.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import { NotificationId, UserId } from '../../shared/index.ts'
import { notification, pushIdOf, templated, type Channel } from '../language.ts'
import { devices, notifications } from '../../../projections/index.ts'
import { erase } from '../erase.ts'
import { SmsRefused } from '../../../platform/external/sms/port.ts'
import { releaseNotifications } from './release-notifications.ts'
import { sendPush } from './send-push.ts'
import { sendSms } from './send-sms.ts'

let world: NotifyingWorld
let people = 0
beforeAll(async () => {
  world = await notifyingWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

/** A user with a browser, who is notified. */
const somebody = async (preferences: object = {}) => {
  people += 1
  const { id, call } = await world.someone(`person${people}`)
  const userId = asId(UserId, id)
  await call('POST', '/notifications/devices', {
    kind: 'webpush',
    subscription: subscriptionOf(id),
  })
  const changed = await call('PUT', '/users/me/preferences', preferences)
  if (changed.status !== 200) throw new Error(changed.text)
  await world.readModels.fold()
  const request = async (name: string, channel: Channel = 'in_app', values = {}) => {
    const notificationId = newId(NotificationId)
    const commandId = derivedUuid(notificationId)
    const answer = await world.deps.executor.execute(
      notification,
      notificationId,
      { type: 'RequestNotification', data: { userId, channel, ...templated(name, values) } },
      { commandId, actorId: 'test', correlationId: commandId },
    )
    if (isRefusal(answer)) throw new Error(answer.refused)
    await world.deliver()
    return notificationId
  }
  const pushed = () =>
    world.push.taken
      .filter(({ subscription }) => subscription.endpoint.endsWith(id))
      .map(({ payload }) => JSON.parse(payload))
  const statusOf = async (notificationId: NotificationId) =>
    (await world.deps.executor.stateOf(notification, notificationId)).state.status
  return { id, userId, call, request, pushed, statusOf }
}

test('a notification in the app reaches the browser of its user, in their language, and counts once', async () => {
  const ada = await somebody({ locale: 'de-AT' })
  const id = await ada.request('gig_overdue')
  expect(ada.pushed()).toEqual([
    {
      id,
      type: 'gig_overdue',
      title: 'Ihr Auftrag ist überfällig',
      body: expect.stringContaining('nicht rechtzeitig'),
    },
  ])
  const { body } = await ada.call('GET', `/notifications/user/${ada.id}?unread=true`)
  expect(body.data.total).toBe(1)
  const whole = (await ada.call('GET', `/notifications/user/${ada.id}`)).body.data
  expect([whole.total, whole.notifications]).toEqual([1, [expect.objectContaining({ id })]])
  expect(whole.notifications[0].read).toBe(false)
  expect(body.data.notifications[0].subject).toBe('Ihr Auftrag ist überfällig')
})

test('kinds without push stay in the app, and so do those that their user does not want by push', async () => {
  const ada = await somebody({ kinds: { gig_overdue: { push: false } } })
  await ada.request('welcome')
  await ada.request('gig_overdue')
  expect(ada.pushed()).toEqual([])
  await ada.request('gig_cancellation_proposed')
  expect(ada.pushed()).toHaveLength(1)
  await ada.call('PUT', '/users/me/preferences', { channels: { push: false } })
  await ada.request('gig_cancellation_proposed')
  expect(ada.pushed()).toHaveLength(1)
})

test('several of one kind in a row are gathered into one', async () => {
  const ada = await somebody()
  world.setClock('2030-01-07T12:00:00.000Z')
  await ada.request('followed')
  world.setClock('2030-01-07T12:00:30.000Z')
  for (let more = 0; more < 3; more += 1) await ada.request('followed')
  await ada.request('follow_accepted')
  expect(ada.pushed().map(({ title }) => title)).toEqual([
    'You have a new follower',
    'Your request was accepted',
  ])
  await world.runChores()
  expect(ada.pushed()).toHaveLength(2)
  world.setClock('2030-01-07T12:02:31.000Z')
  await world.runChores()
  await world.runChores()
  expect(ada.pushed().map(({ title }) => title)).toEqual([
    'You have a new follower',
    'Your request was accepted',
    'You have 3 new followers',
  ])
})

test('in quiet hours, push messages wait for the morning of their user; urgent ones do not', async () => {
  const ada = await somebody({ quietHours: { from: '22:00', to: '07:00' } })
  await ada.call('PUT', '/users/me/settings', { timeZone: 'Asia/Tokyo' })
  world.setClock('2030-01-07T14:00:00.000Z')
  await ada.request('gig_overdue')
  await ada.request('alert_raised', 'push', { name: 'Lag', detail: 'Behind' })
  expect(ada.pushed().map(({ type }) => type)).toEqual(['alert_raised'])
  world.setClock('2030-01-07T21:59:00.000Z')
  await world.runChores()
  expect(ada.pushed()).toHaveLength(1)
  world.setClock('2030-01-07T22:00:01.000Z')
  await world.runChores()
  expect(ada.pushed().map(({ type }) => type)).toEqual(['alert_raised', 'gig_overdue'])
})

test('gathered ones keep their number in quiet hours; those that were read in the app meanwhile do not count', async () => {
  const ada = await somebody({ quietHours: { from: '12:01', to: '13:00' } })
  world.setClock('2030-01-07T12:00:00.000Z')
  await ada.request('followed')
  world.setClock('2030-01-07T12:00:30.000Z')
  const later = []
  for (let more = 0; more < 4; more += 1) later.push(await ada.request('followed'))
  await ada.call('POST', `/notifications/${later[0]}/read`)
  world.setClock('2030-01-07T12:02:31.000Z')
  await world.runChores()
  const alone = await ada.request('gig_overdue')
  await ada.call('POST', `/notifications/${alone}/read`)
  const seen = await ada.request('gig_cancellation_proposed')
  world.setClock('2030-01-07T13:00:01.000Z')
  await world.runChores()
  // In any order: both waited until the same moment.
  const pushed = ada.pushed()
  expect(pushed).toHaveLength(3)
  expect(pushed[0]?.title).toBe('You have a new follower')
  expect(pushed).toContainEqual(expect.objectContaining({ title: 'You have 3 new followers' }))
  expect(pushed).toContainEqual(expect.objectContaining({ id: seen }))
  expect([await ada.statusOf(pushIdOf(later[0]!)), await ada.statusOf(pushIdOf(alone))]).toEqual([
    'skipped',
    'skipped',
  ])
})

test('one that is delayed twice until the same time is delivered then', async () => {
  const ada = await somebody({ quietHours: { from: '22:00', to: '07:00' } })
  world.setClock('2030-01-07T23:00:00.000Z')
  await ada.request('gig_overdue')
  // A process whose clock is ahead releases it; another one, which is to deliver it, has not come that far.
  const ahead = () => new Date('2030-01-08T07:00:01.000Z')
  await releaseNotifications.run({ ...world.ports, clock: ahead })
  await world.deliver()
  expect(ada.pushed()).toEqual([])
  world.setClock('2030-01-08T07:00:01.000Z')
  await world.runChores()
  expect(ada.pushed()).toHaveLength(1)
})

test('a subscription that has ended is dropped, and without another one the message has failed', async () => {
  const ada = await somebody()
  world.push.gone.add(subscriptionOf(ada.id).endpoint)
  const id = await ada.request('order_shipped', 'push')
  expect(await ada.statusOf(id)).toBe('failed')
  const { body } = await ada.call('GET', '/notifications/devices')
  expect(body.data.devices).toEqual([])
  expect(await ada.statusOf(await ada.request('order_shipped', 'push'))).toBe('skipped')
})

test('a push service that is away is tried again, but not where another device has the message', async () => {
  const ada = await somebody()
  const notificationId = newId(NotificationId)
  const data = { userId: ada.userId, channel: 'push' as const, ...templated('order_shipped') }
  const originOf = (part: string) => ({
    commandId: derivedUuid(notificationId, part),
    actorId: 'test',
    correlationId: 'a',
  })
  const command = { type: 'RequestNotification' as const, data }
  await world.deps.executor.execute(notification, notificationId, command, originOf('request'))
  await world.readModels.fold()
  const due = { notificationId, at: String(await world.log.head()) }
  const away = async () => {
    throw new Unavailable('away')
  }
  const run = (push: { send: typeof world.push.send }) =>
    sendPush.run(due, originOf('run'), { ...world.ports, push })
  await expect(run({ send: away })).rejects.toThrow(Unavailable)
  await ada.call('POST', '/notifications/devices', {
    kind: 'webpush',
    subscription: subscriptionOf(`second-${ada.id}`),
  })
  await world.readModels.fold()
  await run({
    send: async (message) =>
      message.subscription.endpoint.includes('second') ? undefined : away(),
  })
  expect(await ada.statusOf(notificationId)).toBe('sent')
})

test('a text message goes to a confirmed telephone only', async () => {
  const ada = await somebody({ locale: 'de' })
  const number = '+4915112345678'
  expect(await ada.statusOf(await ada.request('order_shipped', 'sms'))).toBe('skipped')
  const alert = () => ada.request('alert_raised', 'sms', { name: 'Lag', detail: 'Behind' })
  expect(await ada.statusOf(await alert())).toBe('skipped')
  const registered = await ada.call('POST', '/notifications/devices', { kind: 'phone', number })
  expect([registered.status, registered.body.data.status]).toEqual([201, 'UNCONFIRMED'])
  await world.deliver()
  const [code = ''] = /[0-9]{6}/.exec(world.sms.taken.at(-1)?.text ?? '') ?? []
  expect(await ada.statusOf(await alert())).toBe('skipped')
  const path = `/notifications/devices/${registered.body.data.id}/confirm`
  const wrong = await ada.call('POST', path, { code: code === '000000' ? '000001' : '000000' })
  expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'code'])
  expect((await ada.call('POST', path, { code })).status).toBe(200)
  await world.readModels.fold()
  const id = await alert()
  expect(await ada.statusOf(id)).toBe('sent')
  expect(world.sms.taken.at(-1)).toEqual({
    id,
    to: number,
    text: 'Agora: Lag. Behind',
    userId: ada.userId,
  })
})

test('a number that the gateway refuses for good fails the message; an outage is tried again', async () => {
  const ada = await somebody()
  const number = '+4915112349999'
  const registered = await ada.call('POST', '/notifications/devices', { kind: 'phone', number })
  const { id } = registered.body.data
  await world.deliver()
  const [code] = /[0-9]{6}/.exec(world.sms.taken.at(-1)?.text ?? '') ?? []
  await ada.call('POST', `/notifications/devices/${id}/confirm`, { code })
  const notificationId = newId(NotificationId)
  const data = {
    userId: ada.userId,
    channel: 'sms' as const,
    ...templated('alert_raised', { name: 'Lag', detail: 'Behind' }),
  }
  const originOf = (part: string) => ({
    commandId: derivedUuid(notificationId, part),
    actorId: 'test',
    correlationId: 'a',
  })
  const command = { type: 'RequestNotification' as const, data }
  await world.deps.executor.execute(notification, notificationId, command, originOf('request'))
  await world.readModels.fold()
  const due = { notificationId, at: String(await world.log.head()) }
  const run = (error: Error) => {
    const send = async () => {
      throw error
    }
    return sendSms.run(due, originOf('run'), { ...world.ports, sms: { ...world.sms, send } })
  }
  await expect(run(new Unavailable('away'))).rejects.toThrow(Unavailable)
  expect(await ada.statusOf(notificationId)).toBe('pending')
  await run(new SmsRefused('no such number'))
  expect(await ada.statusOf(notificationId)).toBe('failed')
})

test('mails are in the language of their user', async () => {
  const ada = await somebody({ locale: 'de' })
  await ada.request('order_delivered', 'email')
  expect(world.mails.at(-1)).toMatchObject({
    subject: 'Ihre Bestellung ist angekommen',
    text: 'Der Versanddienst hat Ihr Paket zugestellt.',
  })
  expect(world.mails.at(-1)?.unsubscribe).toBeUndefined()
})

test('whoever leaves has no notifications, devices and stored text messages any more', async () => {
  const ada = await somebody()
  const number = '+4915112340000'
  await ada.call('POST', '/notifications/devices', { kind: 'phone', number })
  const removed = { kind: 'phone', number: '+4915112340001' }
  const { id } = (await ada.call('POST', '/notifications/devices', removed)).body.data
  await ada.request('order_shipped')
  await ada.call('DELETE', `/notifications/devices/${id}`)
  await world.readModels.fold()
  const texts = () => world.sms.taken.filter(({ userId }) => userId === ada.userId).length
  expect(texts()).toBe(2)
  const origin = { commandId: derivedUuid(ada.id, 'erase'), actorId: 'test', correlationId: 'a' }
  const erasing = { userId: ada.userId, hastened: false, origin }
  // A failure after the devices are removed.
  const away = async () => {
    throw new Unavailable('away')
  }
  const sms = { forget: away }
  await expect(erase(erasing, { ...world.ports, sms })).rejects.toThrow(Unavailable)
  await world.readModels.fold()
  const { counts } = await erase(erasing, world.ports)
  expect(counts).toEqual({ notifications: 0, devices: 0 })
  expect(texts()).toBe(0)
  const where = { userId: ada.userId }
  for (const model of [devices, notifications])
    expect((await world.readModels.find<{ readonly id: string }>(model, { where })).total).toBe(0)
})
