import { setTimeout as pause } from 'node:timers/promises'
import {
  everythingElse,
  type Reachable,
  type Resolver,
} from '../../platform/messaging/registry/port.ts'

/** What the gateway knows of who serves what. */
export type KnownInstances = {
  /** Those that serve a context just now, as far as is known. */
  readonly of: (context: string) => readonly Reachable[]
  readonly close: () => Promise<void>
}

/**
 * Asks who serves what again and again. While that cannot be told, what was known last is gone by: an instance
 * that is gone by then is found out when it is called.
 * @param options.every ms from one look to the next, default 500
 * @param options.changed told of all instances whenever there are others
 * @param options.onError told of every failure
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
  let seen = ''

  const look = async (): Promise<void> => {
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
    if (now === seen) return
    seen = now
    changed([...all.values()])
  }

  const looking = async (): Promise<void> => {
    while (!signal.aborted) {
      await look().catch(onError)
      await pause(every, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  await look().catch(onError)
  const running = looking()

  return {
    of: (context) => known.get(context) ?? known.get(everythingElse) ?? [],
    close: async () => {
      stop.abort()
      await running
    },
  }
}
