import { Type } from 'typebox'
import { Fields } from '#kernel'
import type { Service } from '../../platform/messaging/registry/port.ts'
import { ListOf, PageQuery, pageOf } from '../../serving/lists.ts'
import { notFound } from '../../serving/problem.ts'
import { route } from '../../serving/route.ts'

const Instance = Type.Object({
  id: Type.String(),
  url: Type.String(),
  roles: Type.Array(Type.String()),
  startedAt: Type.String({ format: 'date-time' }),
  heardAt: Type.String({ format: 'date-time', description: 'Time of the last heartbeat' }),
})

const ServiceData = Type.Object({
  name: Type.String({ description: 'A context, or a role of processes' }),
  instances: Type.Array(Instance),
})

const Breaker = Type.Object({
  instance: Type.String(),
  url: Type.String(),
  state: Type.Enum(['closed', 'open', 'half-open'], {
    description: 'Requests reach an instance only when it is closed; half-open admits one trial',
  }),
  pending: Type.Integer({ description: 'Number of requests that wait for its answer' }),
})

const Client = Type.Object({
  name: Type.String(),
  state: Type.Enum(['closed', 'open', 'half-open'], {
    description: 'Calls are rejected at once unless it is closed; half-open waits for one trial',
  }),
  failed: Type.Integer({ description: 'Calls without an answer since the start of the process' }),
  rejected: Type.Integer({ description: 'Calls that were rejected at once since then' }),
  policy: Type.Object({
    answerMs: Type.Integer({ description: 'Time limit of an attempt' }),
    connectMs: Type.Optional(Type.Integer({ description: 'Time limit of connecting' })),
    attempts: Type.Integer({ description: 'Attempts within one call' }),
    repeatedBy: Type.String({ description: 'What repeats a call whose attempts have failed' }),
    failures: Type.Integer({ description: 'Failures in a row that open the breaker' }),
    restMs: Type.Integer({ description: 'Time before an open breaker admits a trial' }),
  }),
})

const serviceName = Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' })
const instanceId = Type.String({ pattern: '^[A-Za-z0-9._-]{1,100}$' })
const InService = Fields({ name: serviceName, instanceId })

const dataOf = ({ name, instances }: Service) => ({
  name,
  instances: instances.map((instance) => ({ ...instance, roles: [...instance.roles] })),
})

/** The registry: which process serves what. Admins and processes read it; only processes register in it. */
export const discoveryRoutes = [
  route({
    method: 'GET',
    url: '/registry/services',
    access: 'admin',
    internal: true,
    operationId: 'listServices',
    summary: 'All services with their live instances',
    query: PageQuery({}),
    data: ListOf('services', ServiceData),
    handle: async ({ query }, ports) => {
      const { entries, info } = pageOf(query, await ports.processes.registry.services())
      return { data: { services: entries.map(dataOf), ...info } }
    },
  }),

  route({
    method: 'GET',
    url: '/registry/services/:name',
    access: 'admin',
    internal: true,
    operationId: 'service',
    summary: 'The live instances of a service',
    params: Fields({ name: serviceName }),
    data: ServiceData,
    problems: [404],
    handle: async ({ params: { name } }, ports) => {
      const found = (await ports.processes.registry.services()).find(
        (service) => service.name === name,
      )
      if (!found) throw notFound('service', 'name')
      return { data: dataOf(found) }
    },
  }),

  route({
    method: 'POST',
    url: '/registry/services/:name/instances',
    access: 'internal',
    operationId: 'registerInstance',
    summary: 'Registers an instance of a service for 10 s',
    description:
      'For processes of this Agora, whose calls are signed. Heartbeats renew the registration.',
    params: Fields({ name: serviceName }),
    body: Fields({ instanceId, url: Type.String({ pattern: '^https?://[^/?#@]+$' }) }),
    example: { instanceId: 'ordering-1', url: 'http://10.0.0.7:3000' },
    data: Type.Object({ name: serviceName, instanceId }),
    status: 201,
    handle: async ({ params: { name }, body: { instanceId: id, url } }, ports) => {
      await ports.processes.registry.register({ id, url, roles: ['api'], services: [name] })
      return { data: { name, instanceId: id } }
    },
  }),

  route({
    method: 'PUT',
    url: '/registry/services/:name/instances/:instanceId/heartbeat',
    access: 'internal',
    operationId: 'heartbeat',
    summary: 'Renews the registration of an instance; to be sent every 2 s',
    params: InService,
    data: Type.Object({ name: serviceName, instanceId }),
    problems: [404],
    handle: async ({ params: { name, instanceId: id } }, ports) => {
      if (!(await ports.processes.registry.heartbeat(id, name)))
        throw notFound('instance', 'instanceId')
      return { data: { name, instanceId: id } }
    },
  }),

  route({
    method: 'DELETE',
    url: '/registry/services/:name/instances/:instanceId',
    access: 'internal',
    operationId: 'deregisterInstance',
    summary: 'Deregisters an instance',
    params: InService,
    data: Type.Object({ name: serviceName, instanceId }),
    problems: [404],
    handle: async ({ params: { name, instanceId: id } }, ports) => {
      if (!(await ports.processes.registry.deregister(id, name)))
        throw notFound('instance', 'instanceId')
      return { data: { name, instanceId: id } }
    },
  }),

  route({
    method: 'GET',
    url: '/admin/circuit-breakers',
    access: 'admin',
    operationId: 'circuitBreakers',
    summary: 'The circuit breakers of this process: of instances, and of servers outside of Agora',
    description:
      'The gateway has a breaker for each instance that it forwards requests to. Each process has one for each server outside of Agora that it calls: stores, mail, payments, identity providers; those of the other processes are in their metrics (`agora_client_circuit_open`).',
    query: PageQuery({}),
    data: Type.Intersect([
      ListOf('breakers', Breaker),
      Type.Object({ clients: Type.Array(Client) }),
    ]),
    handle: async ({ query }, ports) => {
      const { entries, info } = pageOf(query, ports.processes.breakers())
      const clients = (ports.clients ?? []).map(({ name, policy, status }) => ({
        name,
        ...status(),
        policy,
      }))
      return { data: { breakers: entries, ...info, clients } }
    },
  }),
]
