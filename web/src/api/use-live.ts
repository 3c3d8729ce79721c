import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { Socket } from 'socket.io-client'
import { livenessStore, socketOf, type Liveness, type Namespace, type Pushes } from './sockets.ts'

/** Pause before the socket's library is loaded again, in ms. */
const retryMs = 5_000

/** The present way in which changes arrive. */
export const useLiveness = (): Liveness =>
  useSyncExternalStore(livenessStore.subscribe, livenessStore.get)

/** Interval in which queries are read again while sockets are offline, in ms; to be given as `refetchInterval`. */
export const useFallbackInterval = (): number | false =>
  useLiveness() === 'offline' ? 10_000 : false

type Handlers<N extends Namespace> = {
  readonly [Name in keyof Pushes<N> & string]?: (message: Pushes<N>[Name]) => void
}

/**
 * Listens to the pushes of a namespace while a component is shown.
 * @param handlers by name of the message
 * @param options.onConnect called with each connection: to subscribe, and after a break to catch up
 * @param options.onLeave called as the component goes, to end what `onConnect` began
 * @param options.key a new one begins anew: what the subscription is about
 * @param options.enabled default: true
 */
export const useLive = <N extends Namespace>(
  namespace: N,
  handlers: Handlers<N>,
  {
    onConnect,
    onLeave,
    key = '',
    enabled = true,
  }: {
    readonly onConnect?: () => void
    readonly onLeave?: () => void
    readonly key?: string
    readonly enabled?: boolean
  } = {},
): void => {
  const current = useRef({ handlers, onConnect, onLeave })
  useEffect(() => {
    current.current = { handlers, onConnect, onLeave }
  })
  useEffect(() => {
    if (!enabled) return undefined
    let isGone = false
    let leave: (() => void) | undefined
    const listen = (socket: Socket): void => {
      if (isGone) return
      const connected = (): void => current.current.onConnect?.()
      const heard = (name: string, message: unknown): void => {
        const all: Readonly<Record<string, ((message: never) => void) | undefined>> =
          current.current.handlers
        // The namespace's pushes have the types that the server declares for their names.
        all[name]?.(message as never)
      }
      socket.on('connect', connected)
      socket.onAny(heard)
      if (socket.connected) connected()
      leave = () => {
        socket.off('connect', connected)
        socket.offAny(heard)
        if (socket.connected) current.current.onLeave?.()
      }
    }
    /** Where the socket's library cannot be loaded, another attempt follows. */
    const begin = (): void => {
      if (!isGone) void socketOf(namespace).then(listen, () => setTimeout(begin, retryMs))
    }
    begin()
    return () => {
      isGone = true
      leave?.()
    }
  }, [namespace, key, enabled])
}
