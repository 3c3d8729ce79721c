import { setTimeout as pause } from 'node:timers/promises'
import {
  everythingElse,
  type Reachable,
  type Resolver,
} from '../../platform/messaging/registry/port.ts'

/** The instances of all contexts, as the resolver last reported them. */
export type KnownInstances = {
  /** Returns the instances that serve a context, or else those that serve every context without instances of its own. */
  readonly of: (context: string) => readonly Reachable[]
  readonly close: () => Promise<void>
}

/**
 * Polls the resolver for the instances of all contexts. While the resolver fails, the last known instances stay in
 * use; a call to one that has stopped fails and counts against its breaker.
 * @param options.every interval between polls, in ms, default 500
 * @param options.changed called with all instances whenever an id or a URL has changed
 * @param options.onError called with every failure of the resolver
 */
export const knownInstances = async (
  resolver: Resolver,
  {
    every = 500,
    changed,
    onError,
  }: {
    readonly every?: number
    readonly changed: (instances: readonly Reachable[]) => void
    readonly onError: (error: unknown) => void
  },
): Promise<KnownInstances> => {
  const stop = new AbortController()
  const { signal } = stop
  let known: ReadonlyMap<string, readonly Reachable[]> = new Map()
  let lastSeen = ''

  const poll = async (): Promise<void> => {
    const services = await resolver.services()
    known = new Map(
      services.map(({ name, instances }) => [
        name,
        instances.filter(({ roles }) => roles.includes('api')),
      ]),
    )
    const all = new Map(
      [...known.values()].flat().map((instance): [string, Reachable] => [instance.id, instance]),
    )
    const now = [...all.values()].map(({ id, url }) => `${id} ${url}`).join('\n')
    if (now === lastSeen) return
    lastSeen = now
    changed([...all.values()])
  }

  const polling = async (): Promise<void> => {
    while (!signal.aborted) {
      await poll().catch(onError)
      await pause(every, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  await poll().catch(onError)
  const running = polling()

  return {
    of: (context) => known.get(context) ?? known.get(everythingElse) ?? [],
    close: async () => {
      stop.abort()
      await running
    },
  }
}
