import { createECDH } from 'node:crypto'
import { Type } from 'typebox'
import { Fields } from '#kernel'
import { devices } from '../../../projections/index.ts'
import { mayBePublicUrl } from '../../../platform/security/public-url.ts'
import { Fresh, minPositionOf } from '../../../serving/lists.ts'
import type { Ports } from '../../../serving/ports.ts'
import { invalid, notFound, Problem } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import { allowOnly } from '../../identity/services/lockout.ts'
import type { UserId } from '../../shared/index.ts'
import { browserIdOf, DeviceId, PhoneNumber, Subscription } from '../language.ts'
import {
  mostBrowsers,
  mostCodes,
  mostCodesInAll,
  mostCodesOfNumber,
  mostPhones,
  mostRegistrations,
  mostTries,
} from '../services/device-limits.ts'
import { changeDevice, ownDevice } from '../services/own-device.ts'
import { isPhoneCode, phoneIdFor, sealedNumber } from '../services/phones.ts'

const params = Fields({ id: DeviceId })
const hour = 60 * 60_000
const day = 24 * hour

/** @throws Problem 409 when the user has as many devices of this kind as possible, without this one */
const mustHaveRoom = async (
  { readModels }: Pick<Ports, 'readModels'>,
  userId: UserId,
  id: DeviceId,
  kind: 'webpush' | 'phone',
): Promise<void> => {
  const most = kind === 'webpush' ? mostBrowsers : mostPhones
  const where = { userId, kind }
  const { documents } = await readModels.find(devices, { where, limit: most, counted: false })
  if (documents.length >= most && !documents.some((one) => one.id === id))
    throw new Problem(409, 'too_many_devices', `There are ${most} already; remove one first.`)
}

const isPoint = (p256dh: string): boolean => {
  try {
    const pair = createECDH('prime256v1')
    pair.generateKeys()
    pair.computeSecret(Buffer.from(p256dh, 'base64url'))
    return true
  } catch {
    return false
  }
}

/**
 * Counts a code for a telephone: by its user, by its number for all users, and for everybody.
 * @throws Problem 429 with the time to wait
 */
const mayAskForCode = async (
  { counters, keys }: Pick<Ports, 'counters' | 'keys'>,
  userId: UserId,
  number: string,
): Promise<void> => {
  await allowOnly(counters, `phone-codes:${userId}`, mostCodes, day)
  await allowOnly(counters, `phone-codes-to:${sealedNumber(keys, number)}`, mostCodesOfNumber, day)
  await allowOnly(counters, 'phone-codes-in-all', mostCodesInAll, hour)
}

/** Routes of the devices of a user. */
export const deviceRoutes = [
  route({
    method: 'GET',
    url: '/notifications/devices',
    access: 'user',
    operationId: 'listDevices',
    summary: 'My devices, and the key by which browsers subscribe to push messages',
    query: Fresh,
    data: Type.Object({
      publicKey: Type.String({ description: '`applicationServerKey` of a subscription' }),
      devices: Type.Array(
        Type.Object({
          id: DeviceId,
          kind: Type.Enum(['webpush', 'phone']),
          host: Type.Optional(Type.String({ description: 'Of the push service of a browser' })),
          number: Type.Optional(Type.String()),
          confirmed: Type.Boolean(),
          createdAt: Type.String(),
        }),
      ),
    }),
    handle: async ({ caller, query }, { readModels, push }) => {
      const { documents, position } = await readModels.find(
        devices,
        { where: { userId: caller.id }, limit: mostBrowsers + mostPhones, counted: false },
        minPositionOf(query),
      )
      const shown = documents.map(({ id, kind, endpoint, number, confirmed, createdAt }) => ({
        id,
        kind,
        ...(endpoint !== undefined && { host: new URL(endpoint).host }),
        ...(number !== undefined && { number }),
        confirmed,
        createdAt,
      }))
      return { data: { publicKey: push.publicKey, devices: shown }, position }
    },
  }),

  route({
    method: 'POST',
    url: '/notifications/devices',
    access: 'user',
    operationId: 'registerDevice',
    summary: 'Register a browser for push messages, or a telephone for text messages',
    description:
      'A browser sends its subscription; it belongs to the user who registered it last. A telephone gets a code, which `/notifications/devices/ID/confirm` takes for 15 minutes.',
    body: Fields({
      kind: Type.Enum(['webpush', 'phone']),
      subscription: Type.Optional(
        Type.Object({
          ...Subscription.properties,
          // Browsers send it along.
          expirationTime: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
        }),
      ),
      number: Type.Optional(PhoneNumber),
    }),
    example: { kind: 'phone', number: '+4915112345678' },
    data: Type.Object({
      id: DeviceId,
      status: Type.Enum(['ACTIVE', 'UNCONFIRMED'], {
        description: '`UNCONFIRMED`: a telephone whose code is awaited',
      }),
    }),
    status: 201,
    problems: [409],
    handle: async ({ body: { kind, subscription, number }, caller, origin }, ports) => {
      const userId = caller.id
      if (kind === 'phone') {
        if (number === undefined) throw invalid('number', 'is missing')
        if (subscription) throw invalid('subscription', 'is for browsers only')
        const id = phoneIdFor(ports.keys, userId, number)
        await mustHaveRoom(ports, userId, id, kind)
        await mayAskForCode(ports, userId, number)
        const command = { type: 'RegisterPhone' as const, data: { userId, number } }
        const { state, position } = await changeDevice(ports, id, command, origin)
        const isConfirmed = state.status === 'registered' && state.confirmed
        const status = isConfirmed ? ('ACTIVE' as const) : ('UNCONFIRMED' as const)
        return { data: { id, status }, position }
      }
      if (number !== undefined) throw invalid('number', 'is for telephones only')
      if (!subscription) throw invalid('subscription', 'is missing')
      const { endpoint, keys } = subscription
      if (!mayBePublicUrl(endpoint))
        throw invalid('subscription.endpoint', 'must be the URL of a push service')
      if (!isPoint(keys.p256dh))
        throw invalid('subscription.keys.p256dh', 'must be a public key (P-256)')
      const id = browserIdOf(endpoint)
      await mustHaveRoom(ports, userId, id, kind)
      await allowOnly(ports.counters, `browsers:${userId}`, mostRegistrations, day)
      const data = { userId, subscription: { endpoint, keys } }
      const { position } = await changeDevice(ports, id, { type: 'RegisterBrowser', data }, origin)
      return { data: { id, status: 'ACTIVE' as const }, position }
    },
  }),

  route({
    method: 'POST',
    url: '/notifications/devices/:id/confirm',
    access: 'user',
    operationId: 'confirmDevice',
    summary: 'Confirm a telephone by the code that it was sent',
    params,
    body: Fields({ code: Type.String({ pattern: '^[0-9]{6}$' }) }),
    example: { code: '123456' },
    data: Type.Object({ id: DeviceId, status: Type.Literal('ACTIVE') }),
    problems: [403, 404],
    handle: async ({ params: { id }, body: { code }, caller, origin }, ports) => {
      const userId = caller.id
      const { state, revision } = await ownDevice(ports, id, userId)
      if (state.status !== 'registered') throw notFound('device')
      await allowOnly(ports.counters, `phone-tries:${id}`, mostTries, day)
      if (!isPhoneCode(ports.keys, { id, revision }, code, ports.clock()))
        throw invalid('code', 'is not the one that was sent last, or was sent too long ago')
      const command = { type: 'ConfirmPhone' as const, data: { userId } }
      const { position } = await changeDevice(ports, id, command, origin)
      return { data: { id, status: 'ACTIVE' as const }, position }
    },
  }),
]
