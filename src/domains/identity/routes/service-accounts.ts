import { Type } from 'typebox'
import { asId, derivedId, digest, Fields, Timestamp } from '#kernel'
import { serviceAccounts, ServiceAccountStatus } from '../../../projections/index.ts'
import { readOne } from '../../../runtime/reading.ts'
import { Fresh, listed, ListOf, ListQuery, minPositionOf } from '../../../serving/lists.ts'
import type { Ports } from '../../../serving/ports.ts'
import { notFound, Problem } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import { UserId } from '../../shared/index.ts'
import {
  OverlapHours,
  rights,
  serviceAccount,
  ServiceAccountId,
  serviceLimits,
  ServiceName,
} from '../language.ts'
import {
  mustBeGrantable,
  noSessionOf,
  numberOfSecret,
  sentToService,
  serviceSecretOf,
  wrongSecret,
} from '../services/service-accounts.ts'

const ShownAccount = serviceAccounts.document
const Params = Fields({ id: ServiceAccountId })
const Settings = Fields({ name: ServiceName, ...rights })
const example = { name: 'warehouse', roles: ['admin'], operations: ['updateStock', 'moveOrder'] }

const Secret = Type.String({
  description: 'Gets access tokens; it is shown this once. `agsvc_` and 32 bytes in base64url',
})

/** Hours that a replaced secret stays valid, unless the request says otherwise. */
const usualOverlap = 24

/** @throws Problem 409 when there are as many accounts as possible, without this one */
const mustHaveRoom = async (
  { readModels, log }: Pick<Ports, 'readModels' | 'log'>,
  id: ServiceAccountId,
): Promise<void> => {
  const query = { where: { status: 'ACTIVE' }, limit: serviceLimits.accounts, counted: false }
  const { documents } = await readModels.find(serviceAccounts, query, await log.head())
  if (documents.length >= serviceLimits.accounts && !documents.some((one) => one.id === id))
    throw new Problem(
      409,
      'too_many_service_accounts',
      `There are ${serviceLimits.accounts} service accounts already; revoke one first.`,
    )
}

/** Routes of service accounts: accounts of other systems. */
export const serviceAccountRoutes = [
  route({
    method: 'POST',
    url: '/admin/service-accounts',
    access: 'admin',
    operationId: 'createServiceAccount',
    summary: 'Create the account of another system; the answer has its secret',
    description:
      'It may call the named operations, no others, with these roles. `POST /auth/service-token` exchanges the secret for an access token, for HTTP, gRPC and the queue of commands.',
    body: Settings,
    example,
    data: Type.Object({ id: ServiceAccountId, secret: Secret }),
    status: 201,
    sealed: true,
    problems: [409],
    handle: async ({ body, origin }, ports) => {
      mustBeGrantable(body, ports)
      const id = derivedId(ServiceAccountId, origin.commandId, 'service account')
      await mustHaveRoom(ports, id)
      const secret = serviceSecretOf(ports, id, 1)
      const data = { ...body, secretHash: digest(secret) }
      const { position, revision } = await sentToService(
        ports,
        id,
        { type: 'CreateServiceAccount', data },
        origin,
      )
      return { data: { id, secret }, position, revision, location: `/admin/service-accounts/${id}` }
    },
  }),

  route({
    method: 'GET',
    url: '/admin/service-accounts',
    access: 'admin',
    operationId: 'listServiceAccounts',
    summary: 'All service accounts, the latest first',
    query: ListQuery(['createdAt'], { status: Type.Optional(ServiceAccountStatus) }),
    data: ListOf('serviceAccounts', ShownAccount),
    handle: async ({ query }, ports) => {
      const { status } = query
      const { documents, info, position } = await listed(ports, serviceAccounts, query, { status })
      return { data: { serviceAccounts: [...documents], ...info }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/admin/service-accounts/:id',
    access: 'admin',
    operationId: 'getServiceAccount',
    summary: 'A service account',
    params: Params,
    query: Fresh,
    data: ShownAccount,
    problems: [404],
    handle: async ({ params: { id }, query }, { readModels }) => {
      const minPosition = minPositionOf(query)
      const { document, position } = await readOne(readModels, serviceAccounts, id, minPosition)
      if (!document) throw notFound('service account')
      return { data: document, position }
    },
  }),

  route({
    method: 'PUT',
    url: '/admin/service-accounts/:id',
    access: 'admin',
    operationId: 'changeServiceAccount',
    summary: 'Change name and rights of a service account',
    description: 'The rights apply to its next request, also by a token that was issued before.',
    params: Params,
    body: Settings,
    example,
    data: Type.Object({ id: ServiceAccountId }),
    guarded: true,
    problems: [404, 409],
    handle: async ({ params: { id }, body, origin, expecting }, ports) => {
      mustBeGrantable(body, ports)
      const { position, revision } = await sentToService(
        ports,
        id,
        { type: 'ChangeServiceAccount', data: body },
        origin,
        expecting,
      )
      return { data: { id }, position, revision }
    },
  }),

  route({
    method: 'POST',
    url: '/admin/service-accounts/:id/rotate-secret',
    access: 'admin',
    operationId: 'rotateServiceSecret',
    summary: 'Replace the secret of a service account; the answer has the new one',
    description:
      'The previous secret, and the tokens that were issued for it, are valid for `overlapHours` (24) more; with 0, as when others know it, they end at once. An earlier one ends in any case.',
    params: Params,
    body: Fields({ overlapHours: Type.Optional(OverlapHours) }),
    example: { overlapHours: 24 },
    data: Type.Object({
      id: ServiceAccountId,
      secret: Secret,
      previousSecretUntil: Type.Optional(Timestamp),
    }),
    sealed: true,
    problems: [404, 409],
    handle: async ({ params: { id }, body, origin }, ports) => {
      const { state: before } = await ports.executor.stateOf(serviceAccount, id)
      if (before.status === 'none') throw notFound('service account')
      const number = before.secret.number + 1
      const { overlapHours = usualOverlap } = body
      const secretHash = digest(serviceSecretOf(ports, id, number))
      const { state, position, revision } = await sentToService(
        ports,
        id,
        { type: 'RotateServiceSecret', data: { number, secretHash, overlapHours } },
        origin,
      )
      if (state.status === 'none') throw notFound('service account')
      // Of a repeated request, this is the one that it has set.
      const secret = serviceSecretOf(ports, id, state.secret.number)
      const until = state.previous && { previousSecretUntil: state.previous.until }
      return { data: { id, secret, ...until }, position, revision }
    },
  }),

  route({
    method: 'DELETE',
    url: '/admin/service-accounts/:id',
    access: 'admin',
    operationId: 'revokeServiceAccount',
    summary: 'Revoke a service account for good, with its secrets and tokens',
    description: 'Its next request is refused, in every process. It stays in the list.',
    params: Params,
    data: Type.Object({ id: ServiceAccountId, revoked: Type.Literal(true) }),
    problems: [404],
    handle: async ({ params: { id }, origin }, ports) => {
      const { position, revision } = await sentToService(
        ports,
        id,
        { type: 'RevokeServiceAccount', data: {} },
        origin,
      )
      return { data: { id, revoked: true as const }, position, revision }
    },
  }),

  route({
    method: 'POST',
    url: '/auth/service-token',
    access: 'public',
    operationId: 'getServiceToken',
    summary: 'Exchange the secret of a service account for an access token',
    description:
      'There is no refresh token: exchange the secret again. The rights of the token are those of the account at each request.',
    body: Fields({
      id: ServiceAccountId,
      secret: Type.String({ minLength: 1, maxLength: 200 }),
    }),
    example: {
      id: '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11',
      secret: 'agsvc_kG4l2Zs0R8cXb1mVYpQ7TtUoWq9eHd3JnKi5Lf6Aa2E',
    },
    data: Type.Object({
      accessToken: Type.String({ description: 'Send it as `Authorization: Bearer …`' }),
      tokenType: Type.Literal('Bearer'),
      expiresIn: Type.Integer({ description: 'Its lifetime, in seconds' }),
    }),
    sealed: true,
    problems: [401],
    handle: async ({ body: { id, secret }, origin }, { executor, tokens, clock, config }) => {
      const { state } = await executor.stateOf(serviceAccount, id)
      const secretNumber = numberOfSecret(state, secret, clock().toISOString())
      if (secretNumber === undefined) throw wrongSecret()
      const subject = { id: asId(UserId, id), roles: [], sessionId: noSessionOf(id), secretNumber }
      const accessToken = tokens.issue(subject, origin.commandId)
      const data = { accessToken, tokenType: 'Bearer' as const, expiresIn: config.accessTokenTtl }
      return { data }
    },
  }),
]
