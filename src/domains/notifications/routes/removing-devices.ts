import { Type } from 'typebox'
import { Fields } from '#kernel'
import type { Origin } from '../../../runtime/execution.ts'
import type { Ports } from '../../../serving/ports.ts'
import { invalid } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import type { UserId } from '../../shared/index.ts'
import { browserIdOf, DeviceId, Subscription } from '../language.ts'
import { changeDevice, ownDevice } from '../services/own-device.ts'

const Removed = Type.Object({ id: DeviceId })

/** @throws Problem 404 for an unknown device, 403 for that of somebody else */
const remove = async (
  ports: Pick<Ports, 'executor'>,
  id: DeviceId,
  userId: UserId,
  origin: Origin,
) => {
  await ownDevice(ports, id, userId)
  const data = { userId, reason: 'removed' as const }
  const { position } = await changeDevice(ports, id, { type: 'RemoveDevice', data }, origin)
  return { data: { id }, position }
}

/** Routes by which users remove their devices. */
export const removingRoutes = [
  route({
    method: 'DELETE',
    url: '/notifications/devices',
    access: 'user',
    operationId: 'unregisterDevice',
    summary: 'Remove a browser of mine by the endpoint of its subscription, or a device by its id',
    description:
      'May be repeated. The endpoint is in the body, as whoever has it may send messages to it: addresses of requests are logged.',
    body: Fields({
      endpoint: Type.Optional(Subscription.properties.endpoint),
      id: Type.Optional(DeviceId),
    }),
    example: { endpoint: 'https://push.example/send/a' },
    data: Removed,
    problems: [403, 404],
    handle: async ({ body: { endpoint, id }, caller, origin }, ports) => {
      if (endpoint !== undefined && id !== undefined)
        throw invalid('id', 'and endpoint exclude each other')
      const named = endpoint === undefined ? id : browserIdOf(endpoint)
      if (named === undefined) throw invalid('endpoint', 'is missing; send it, or the id')
      return remove(ports, named, caller.id, origin)
    },
  }),

  route({
    method: 'DELETE',
    url: '/notifications/devices/:id',
    access: 'user',
    operationId: 'removeDevice',
    summary: 'Remove a device of mine; may be repeated',
    params: Fields({ id: DeviceId }),
    data: Removed,
    problems: [403, 404],
    handle: ({ params: { id }, caller, origin }, ports) => remove(ports, id, caller.id, origin),
  }),
]
