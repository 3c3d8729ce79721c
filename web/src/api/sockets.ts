import type { Socket } from 'socket.io-client'
import type { Sockets } from './socket-types.ts'
import { signedIn } from './signed-in.ts'
import { refreshTokens } from './transport.ts'

/** A namespace of the sockets. */
export type Namespace = keyof Sockets

/** Requests of a namespace, by name. */
export type Requests<N extends Namespace> = Sockets[N]['requests']

/** Pushed messages of a namespace, by name. */
export type Pushes<N extends Namespace> = Sockets[N]['pushes']

/**
 * How changes arrive: pushed over a WebSocket, pushed over repeated requests where WebSockets are blocked, or not at all,
 * so that pages read again from time to time.
 */
export type Liveness = 'connecting' | 'live' | 'polling' | 'offline'

/** Time without a connection after which pages are said to be offline, in ms. */
const patience = 4_000

/** Pauses before a refused socket connects again, in ms. */
const shortestPauseMs = 250
const longestPauseMs = 30_000

let liveness: Liveness = 'connecting'
const listeners = new Set<() => void>()

const become = (next: Liveness): void => {
  if (liveness === next) return
  liveness = next
  for (const listener of listeners) listener()
}

/** The present way in which changes arrive, as `useSyncExternalStore` reads it. */
export const livenessStore = {
  get: (): Liveness => liveness,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}

const open = new Map<Namespace, Promise<Socket>>()

/** @param isOpen whether the socket is in use; a reconnection of a closed one would bring an ended session back */
const follow = (socket: Socket, isOpen: () => boolean): void => {
  let overdue: ReturnType<typeof setTimeout> | undefined
  const lost = (): void => {
    overdue ??= setTimeout(() => isOpen() && become('offline'), patience)
  }
  const arrived = (): void => {
    clearTimeout(overdue)
    overdue = undefined
    pauseMs = shortestPauseMs
    const kind = (): Liveness =>
      socket.io.engine.transport.name === 'websocket' ? 'live' : 'polling'
    become(kind())
    socket.io.engine.once('upgrade', () => become(kind()))
  }
  let pauseMs = shortestPauseMs
  /** Connects again after a pause, which grows, with a renewed token. */
  const reconnect = (): void => {
    const connect = async (): Promise<void> => {
      if (!isOpen() || !signedIn.is()) return
      if (await refreshTokens()) socket.connect()
      else reconnect()
    }
    setTimeout(() => void connect(), pauseMs)
    pauseMs = Math.min(2 * pauseMs, longestPauseMs)
  }
  lost()
  socket.on('connect', arrived)
  socket.on('disconnect', (reason) => {
    if (reason === 'io client disconnect') return
    lost()
    // The server ends a socket as its token expires; the next one has the renewed token.
    if (reason === 'io server disconnect') reconnect()
  })
  socket.on('connect_error', (error: Error & { data?: { code?: string } }) => {
    if (!isOpen()) return
    lost()
    const code = error.data?.code
    // Without a code, the library connects again by itself; what a user may not do stays refused.
    if (code === undefined || code === 'forbidden' || socket.active || !signedIn.is()) return
    if (code === 'unauthorized') signedIn.assume()
    reconnect()
  })
}

/** Returns the socket of a namespace, which connects by itself again; its library is loaded with the first. */
export const socketOf = (namespace: Namespace): Promise<Socket> => {
  const known = open.get(namespace)
  if (known) return known
  const opening = import('socket.io-client').then(({ io }) => {
    const socket = io(namespace, {
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      withCredentials: true,
    })
    follow(socket, () => open.get(namespace) === opening)
    return socket
  })
  open.set(namespace, opening)
  // The library could not be loaded: the next caller tries again, and pages read from time to time meanwhile.
  opening.catch(() => {
    if (open.get(namespace) === opening) open.delete(namespace)
    become('offline')
  })
  return opening
}

/** Closes all sockets, as after a sign-out: another user may be next. */
export const closeSockets = (): void => {
  for (const opening of open.values())
    void opening.then(
      (socket) => socket.disconnect(),
      () => undefined,
    )
  open.clear()
  become('connecting')
}

/** A refused request of a socket. */
export class SocketRefusal extends Error {
  override readonly name = 'SocketRefusal'
  /** Stable name of the refusal. */
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

type Acknowledgement =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly message: string }

/** Time that an acknowledgement may take, in ms. */
const acknowledgementMs = 10_000

/**
 * Sends a request over a socket and returns what its acknowledgement has besides `ok`.
 * @throws SocketRefusal; `offline` without an acknowledgement in time
 */
export const ask = async <N extends Namespace, Name extends keyof Requests<N> & string>(
  namespace: N,
  name: Name,
  payload: Requests<N>[Name] extends { payload: infer P } ? P : never,
): Promise<Requests<N>[Name] extends { details: infer D } ? D : never> => {
  const socket = await socketOf(namespace)
  const answer: Acknowledgement = await socket
    .timeout(acknowledgementMs)
    .emitWithAck(name, payload)
    .catch(() => ({ ok: false, code: 'offline', message: '' }))
  if (!answer.ok) throw new SocketRefusal(answer.code, answer.message)
  return answer as never
}
