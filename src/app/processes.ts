import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { urlsOf } from './addresses.ts'
import { ownOfProcess } from './contexts.ts'
import { BadConfig, type Config } from '../config.ts'
import type { Check } from '../serving/ports.ts'
import type { Processes } from '../serving/processes.ts'
import { internalCalls, type InternalCalls } from '../platform/security/internal-calls.ts'
import { isLoopback } from '../platform/security/loopback.ts'
import type { SigningKeys } from '../platform/security/keys/port.ts'
import type { Database } from '../platform/engines/postgres/database.ts'
import { announce } from '../platform/messaging/registry/announce.ts'
import { dnsUrls } from '../platform/messaging/registry/dns.ts'
import { staticResolver } from '../platform/messaging/registry/static-resolver.ts'
import { everythingElse } from '../platform/messaging/registry/port.ts'
import { postgresRegistry } from '../platform/messaging/registry/postgres.ts'

/** Drain delay between deregistering and closing, in ms; gateways read the registry twice as often. */
const drainDelayMs = 1_000

/** Interval of DNS lookups, in ms. The records' time to live is ignored: Docker's is ten minutes, whatever changes. */
const dnsLookupMs = 2_000

/** This process and its connection to the others. */
export type JoinedProcesses = Processes & {
  readonly calls: InternalCalls
  /** Calls of gRPC: a key of their own, as services have it that may neither call HTTP nor register instances. */
  readonly grpcCalls: Pick<InternalCalls, 'isGood'>
  /**
   * Registers this process, once it listens.
   * @param contexts the names of all contexts
   * @param url URL that it listens on
   */
  readonly join: (contexts: ReadonlySet<string>, url: string) => Promise<void>
  /** Health checks of the contexts to which this process routes requests. */
  readonly checksOf: (contexts: ReadonlySet<string>) => readonly Check[]
  /** Validates the configured contexts. @throws BadConfig when a context does not exist */
  readonly check: (contexts: ReadonlySet<string>) => void
}

/** Determines which contexts this process serves itself, and how requests for the others are routed. */
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
    /** Stops the parts, in reverse order. */
    readonly parts: AsyncDisposableStack
  },
): Promise<JoinedProcesses> => {
  const instanceId = randomUUID()
  let urls: readonly string[] = []
  const registry = postgresRegistry(database, { ttl: lease })
  const resolver = upstreams ? staticResolver(upstreams, dnsUrls({ onError: failed })) : registry
  const callsBy = (purpose: string) =>
    internalCalls(keys.secretFor(purpose), () => clock().getTime())
  const calls = callsBy('internal-calls')
  const [isGateway, isApi] = [roles.has('gateway'), roles.has('api')]

  const isDirect = !isGateway && directCalls
  // A header is no proof of identity: it is trusted on loopback only.
  const believesUserIds = isDirect && isLoopback(host)
  if (isDirect)
    logger.warn(
      { host },
      believesUserIds
        ? 'AGORA_DIRECT_CALLS: requests from this machine are answered with the permissions of the user in x-user-id; not for a machine that others use or that forwards requests'
        : 'AGORA_DIRECT_CALLS: requests are answered without a gateway; x-user-id is ignored, as HOST is not a loopback address',
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
            ...(upstreams && { every: dnsLookupMs }),
            onError: failed,
            changed: ({ id, url }, state) =>
              logger.warn({ instance: id, url, state }, 'A circuit breaker changed its state'),
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
      `There is no context ${unknown.join(', ')} to serve; the contexts are ${known.join(', ')}`,
    )
  }

  return {
    audiences: () => [instanceId, ...urls],
    isHere,
    ...(gateway && { passOn: gateway.passOn }),
    registry,
    breakers: () => gateway?.breakers() ?? [],
    calls,
    grpcCalls: callsBy('grpc-calls'),
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
                : { name, ok: false, optional: true, detail: 'No instance serves it' },
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
        // At most 2 s, so that tools with another lease see the process as well.
        { every: Math.min(lease / 5, 2_000), onError: failed },
      )
      parts.defer(async () => {
        await announced.withdraw()
        if (isApi && !isGateway) await pause(drainDelayMs)
      })
    },
  }
}
