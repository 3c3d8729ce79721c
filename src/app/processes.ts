import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { urlsOf } from './addresses.ts'
import { ownOfProcess } from './contexts.ts'
import { BadConfig, type Config } from '../config.ts'
import type { Check } from '../serving/ports.ts'
import type { Processes } from '../serving/processes.ts'
import { internalCalls } from '../platform/security/internal-calls.ts'
import { isLoopback } from '../platform/security/loopback.ts'
import type { SigningKeys } from '../platform/security/keys/port.ts'
import type { Database } from '../platform/engines/postgres/database.ts'
import { announce } from '../platform/messaging/registry/announce.ts'
import { dnsUrls } from '../platform/messaging/registry/dns.ts'
import { staticResolver } from '../platform/messaging/registry/static-resolver.ts'
import { everythingElse } from '../platform/messaging/registry/port.ts'
import { postgresRegistry } from '../platform/messaging/registry/postgres.ts'

/** So long after it has withdrawn, nobody asks an instance any more, in ms: gateways look twice as often. */
const noticed = 1_000

/** How often names are looked up, in ms. Not their time to live: Docker says ten minutes, and means nothing by it. */
const lookUpEvery = 2_000

/** This process among the others, and how it joins them. */
export type JoinedProcesses = Processes & {
  /**
   * Lets the others know of this process, as soon as it is served.
   * @param contexts the names of all there are
   * @param url where it is served
   */
  readonly join: (contexts: ReadonlySet<string>, url: string) => Promise<void>
  /** How the contexts are that others serve, as far as this process passes requests on to them. */
  readonly checksOf: (contexts: ReadonlySet<string>) => readonly Check[]
  /** @throws BadConfig when it is to serve a context that there is not */
  readonly check: (contexts: ReadonlySet<string>) => void
}

/** Finds out what this process serves itself, and where the rest is served. */
export const openProcesses = async (
  { roles, contexts, directCalls, advertisedUrl, upstreams, host, lease }: Config,
  {
    database,
    clock,
    keys,
    logger,
    failed,
    parts,
  }: {
    readonly database: Database
    readonly clock: () => Date
    readonly keys: Pick<SigningKeys, 'secretFor'>
    readonly logger: FastifyBaseLogger
    readonly failed: (error: unknown) => void
    /** Keeps what is to be stopped, in reverse order. */
    readonly parts: AsyncDisposableStack
  },
): Promise<JoinedProcesses> => {
  const instanceId = randomUUID()
  let urls: readonly string[] = []
  const registry = postgresRegistry(database, { ttl: lease })
  const resolver = upstreams ? staticResolver(upstreams, dnsUrls({ onError: failed })) : registry
  const calls = internalCalls(keys.secretFor('internal-calls'), () => clock().getTime())
  const [isGateway, isApi] = [roles.has('gateway'), roles.has('api')]

  const isDirect = !isGateway && directCalls
  // Whom a header names is a proof to nobody but whoever sits at this machine.
  const believesUserIds = isDirect && isLoopback(host)
  if (isDirect)
    logger.warn(
      { host },
      believesUserIds
        ? 'AGORA_DIRECT_CALLS: everybody on this machine is answered, as whom x-user-id names, with all they may; never on a machine that others use or that passes requests on'
        : 'AGORA_DIRECT_CALLS: everybody is answered; x-user-id says nothing, as others than this machine reach this process',
    )

  const isHere = (context: string): boolean => {
    if (context === 'system') return true
    if (context === 'discovery') return isGateway
    return isApi && (contexts?.has(context) ?? true)
  }
  const gateway =
    isGateway && !(isApi && contexts === undefined)
      ? parts.adopt(
          await (
            await import('../edges/gateway/index.ts')
          ).openGateway(resolver, calls, {
            ...(upstreams && { every: lookUpEvery }),
            onError: failed,
            changed: ({ id, url }, state) =>
              logger.warn({ instance: id, url, state }, 'A circuit breaker has changed'),
          }),
          (it) => it.close(),
        )
      : undefined

  const check = (all: ReadonlySet<string>): void => {
    const listed = (upstreams ?? []).flatMap(({ services }) => services)
    const unknown = [...(contexts ?? []), ...listed].filter(
      (name) => name !== everythingElse && (!all.has(name) || ownOfProcess.has(name)),
    )
    if (unknown.length === 0) return
    const known = [...all].filter((name) => !ownOfProcess.has(name)).toSorted()
    throw new BadConfig(
      `There is no context ${unknown.join(', ')} that could be served; there are ${known.join(', ')}`,
    )
  }

  return {
    audiences: () => [instanceId, ...urls],
    isHere,
    ...(gateway && { passOn: gateway.passOn }),
    registry,
    breakers: () => gateway?.breakers() ?? [],
    calls,
    internalOnly: !isGateway && !isDirect,
    believesUserIds,
    check,
    checksOf: (all) =>
      gateway
        ? [...all]
            .filter((name) => !ownOfProcess.has(name) && !isHere(name))
            .toSorted()
            .map((name) =>
              gateway.isServed(name)
                ? { name, ok: true, optional: true }
                : { name, ok: false, optional: true, detail: 'Nobody serves it just now' },
            )
        : [],
    join: async (all, url) => {
      const served = [...all].filter((name) => !ownOfProcess.has(name) && isHere(name))
      const own = urlsOf({ host, url, advertisedUrl })
      urls = own
      const services = [...served, ...[...roles].filter((role) => role !== 'api')]
      const announced = await announce(
        registry,
        { id: instanceId, url: own[0], roles: [...roles], services },
        // Tools beside it, whose lease is another, must see it too.
        { every: Math.min(lease / 5, 2_000), onError: failed },
      )
      parts.defer(async () => {
        await announced.withdraw()
        if (isApi && !isGateway) await pause(noticed)
      })
    },
  }
}
