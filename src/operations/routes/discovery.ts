import { Type } from 'typebox'
import { Fields } from '#kernel'
import type { Service } from '../../platform/registry/port.ts'
import { ListOf, PageQuery, pageOf } from '../../serving/lists.ts'
import { notFound } from '../../serving/problem.ts'
import type { Serve } from '../../http/routes-of.ts'
import type { RouteContext } from '../../http/routes/context.ts'

const Instance = Type.Object({
  id: Type.String(),
  url: Type.String(),
  roles: Type.Array(Type.String()),
  startedAt: Type.String({ format: 'date-time' }),
  heardAt: Type.String({ format: 'date-time', description: 'When it was heard of last' }),
})

const ServiceData = Type.Object({
  name: Type.String({ description: 'A context, or a role of processes' }),
  instances: Type.Array(Instance),
})

const Breaker = Type.Object({
  instance: Type.String(),
  url: Type.String(),
  state: Type.Enum(['closed', 'open', 'half-open'], {
    description: 'Requests reach an instance only when it is closed; half-open lets one try',
  }),
  pending: Type.Integer({ description: 'Requests that wait for its answer' }),
})

const serviceName = Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' })
const instanceId = Type.String({ pattern: '^[A-Za-z0-9._-]{1,100}$' })
const InService = Fields({ name: serviceName, instanceId })

const dataOf = ({ name, instances }: Service) => ({
  name,
  instances: instances.map((instance) => ({ ...instance, roles: [...instance.roles] })),
})

/** Who serves what, told to processes of ours and to admins; entered by processes of ours alone. */
export const registryRoutes = (serve: Serve, { processes }: RouteContext): void => {
  if (!processes) return
  const { registry, breakers } = processes
  const tag = 'discovery'

  serve(
    {
      method: 'GET',
      url: '/registry/services',
      access: 'admin',
      internal: true,
      operationId: 'listServices',
      summary: 'All services, and the instances of each that live',
      tag,
      query: PageQuery({}),
      data: ListOf('services', ServiceData),
    },
    async ({ query }) => {
      const { entries, info } = pageOf(query, await registry.services())
      return { data: { services: entries.map(dataOf), ...info } }
    },
  )

  serve(
    {
      method: 'GET',
      url: '/registry/services/:name',
      access: 'admin',
      internal: true,
      operationId: 'service',
      summary: 'The instances of a service that live',
      tag,
      params: Fields({ name: serviceName }),
      data: ServiceData,
      problems: [404],
    },
    async ({ params: { name } }) => {
      const found = (await registry.services()).find((service) => service.name === name)
      if (!found) throw notFound('service', 'name')
      return { data: dataOf(found) }
    },
  )

  serve(
    {
      method: 'POST',
      url: '/registry/services/:name/instances',
      access: 'internal',
      operationId: 'registerInstance',
      summary: 'Enters an instance of a service, for 10 s',
      description: 'For processes of this Agora, whose calls are signed. Heartbeats keep it.',
      tag,
      params: Fields({ name: serviceName }),
      body: Fields({ instanceId, url: Type.String({ pattern: '^https?://[^/?#@]+$' }) }),
      example: { instanceId: 'ordering-1', url: 'http://10.0.0.7:3000' },
      data: Type.Object({ name: serviceName, instanceId }),
      status: 201,
    },
    async ({ params: { name }, body: { instanceId: id, url } }) => {
      await registry.register({ id, url, roles: ['api'], services: [name] })
      return { data: { name, instanceId: id } }
    },
  )

  serve(
    {
      method: 'PUT',
      url: '/registry/services/:name/instances/:instanceId/heartbeat',
      access: 'internal',
      operationId: 'heartbeat',
      summary: 'Says that an instance lives; to be said every 2 s',
      tag,
      params: InService,
      data: Type.Object({ name: serviceName, instanceId }),
      problems: [404],
    },
    async ({ params: { name, instanceId: id } }) => {
      if (!(await registry.heartbeat(id, name))) throw notFound('instance', 'instanceId')
      return { data: { name, instanceId: id } }
    },
  )

  serve(
    {
      method: 'DELETE',
      url: '/registry/services/:name/instances/:instanceId',
      access: 'internal',
      operationId: 'deregisterInstance',
      summary: 'Takes an instance out',
      tag,
      params: InService,
      data: Type.Object({ name: serviceName, instanceId }),
      problems: [404],
    },
    async ({ params: { name, instanceId: id } }) => {
      if (!(await registry.deregister(id, name))) throw notFound('instance', 'instanceId')
      return { data: { name, instanceId: id } }
    },
  )

  serve(
    {
      method: 'GET',
      url: '/admin/circuit-breakers',
      access: 'admin',
      operationId: 'circuitBreakers',
      summary: 'The circuit breakers between this gateway and the processes behind it',
      tag,
      query: PageQuery({}),
      data: ListOf('breakers', Breaker),
    },
    async ({ query }) => {
      const { entries, info } = pageOf(query, breakers())
      return { data: { breakers: entries, ...info } }
    },
  )
}
