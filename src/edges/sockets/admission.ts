import type { DefaultEventsMap, ExtendedError, Namespace, Socket } from 'socket.io'
import { cookieIn, tokenCookieName } from '../../platform/security/cookies.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { allows, type Caller } from '../../serving/caller.ts'
import type { AnyChannel } from '../../serving/channel.ts'
import { refusal } from '../../serving/message.ts'
import { userRoom } from '../../serving/topic.ts'
import type { RealtimeDependencies } from './dependencies.ts'

/** Data that admission attaches to a socket. */
export type SocketData = { caller: Caller }

/** A namespace whose sockets have an authenticated caller. */
export type AdmittingNamespace = Namespace<
  DefaultEventsMap,
  DefaultEventsMap,
  DefaultEventsMap,
  SocketData
>

/** A socket with an authenticated caller. */
export type AdmittedSocket = Socket<
  DefaultEventsMap,
  DefaultEventsMap,
  DefaultEventsMap,
  SocketData
>

/** Maximum number of open sockets of a user in a namespace, in this process. */
const socketsPerUser = 100

/** Rate limit of a socket: `most` questions in a window of `within` ms. */
const questions = { most: 2_000, within: 10_000 }

/** Maximum number of rooms that a socket may subscribe to. */
const subscriptions = 1_000

/** Maximum delay of a timer, in ms. */
const maxTimerMs = 2 ** 31 - 1

/** Creates the error that rejects a connection. @param code stable, in snake_case; clients find it in `error.data` */
export const rejection = (code: string, message: string): ExtendedError =>
  Object.assign(new Error(message), { data: { code } })

type Handshake = Pick<Socket['handshake'], 'auth' | 'headers'>

/** Whether a handshake may authenticate by cookie: only pages of this host or an allowed origin, as `SameSite` admits sibling hosts. */
const mayUseCookie = (
  { origin, host }: Handshake['headers'],
  corsOrigins: readonly string[],
): boolean => {
  if (origin === undefined || corsOrigins.includes(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

const tokenOf = (
  { auth, headers }: Handshake,
  corsOrigins: readonly string[],
): string | undefined => {
  const token: unknown = auth.token
  if (typeof token === 'string') return token
  const cookie = cookieIn(headers.cookie, tokenCookieName)
  return cookie && mayUseCookie(headers, corsOrigins) ? cookie : undefined
}

/** Refuses a subscription beyond the limit; undefined when one more is allowed. */
export const subscriptionLimit = ({ rooms }: Pick<Socket, 'rooms'>) =>
  // One room is the socket's own, one its user's.
  rooms.size - 2 >= subscriptions
    ? refusal(
        'too_many_subscriptions',
        `A socket may subscribe to ${subscriptions} things; unsubscribe from some first.`,
      )
    : undefined

/**
 * Returns the name of a question, shortened. The library types it as a text, but a packet may name a number, or nothing: an
 * acknowledgement is in its place then.
 */
const shownName = (name: unknown): string =>
  typeof name === 'string' || typeof name === 'number'
    ? String(name).slice(0, 100)
    : 'without a name'

/** Refuses questions without a handler, and those beyond the rate limit. */
const limit = (socket: AdmittedSocket) => {
  let since = performance.now()
  let asked = 0
  socket.use(([name, ...sent], next) => {
    const now = performance.now()
    if (now - since > questions.within) {
      since = now
      asked = 0
    }
    asked += 1
    const refused =
      asked > questions.most
        ? refusal('too_many_requests', 'Too many questions; wait some seconds.')
        : socket.listenerCount(name) === 0
          ? refusal('no_such_event', `This channel has no question ${shownName(name)}.`)
          : undefined
    if (!refused) return next()
    // A packet without a name begins with its acknowledgement.
    const ack: unknown = [name, ...sent].at(-1)
    if (typeof ack === 'function') ack(refused)
  })
}

/** Disconnects a socket when its token expires. */
const untilExpiry = (socket: AdmittedSocket, clock: () => Date) => {
  let timer: NodeJS.Timeout
  const wait = () => {
    const left = socket.data.caller.expiresAt * 1_000 - clock().getTime()
    if (left <= 0) socket.disconnect()
    else timer = setTimeout(wait, Math.min(left, maxTimerMs)).unref()
  }
  wait()
  socket.on('disconnect', () => clearTimeout(timer))
}

/**
 * Admits sockets whose token is valid and whose caller has the access level; disconnects them once the token expires or
 * is revoked. Puts the sockets of a user into the user's room. Other listeners to `connection` are added after this.
 */
export const admit = (
  namespace: AdmittingNamespace,
  access: AnyChannel['access'],
  {
    verifyToken,
    revocations,
    corsOrigins,
    clock,
  }: Pick<RealtimeDependencies, 'verifyToken' | 'revocations' | 'corsOrigins' | 'clock'>,
): void => {
  /** Kept apart from the socket's data, which other processes can fetch. */
  const tokens = new WeakMap<AdmittedSocket, string>()
  const enter = async (
    socket: AdmittedSocket,
    next: (refused?: ExtendedError) => void,
  ): Promise<void> => {
    const unauthorized = () =>
      next(rejection('unauthorized', 'Sign in, and connect with the access token as auth.token.'))
    const token = tokenOf(socket.handshake, corsOrigins)
    if (token === undefined) return unauthorized()
    try {
      socket.data.caller = await verifyToken(token)
      tokens.set(socket, token)
    } catch (error) {
      if (error instanceof Unavailable)
        return next(rejection('unavailable', 'Something that Agora needs is away; connect later.'))
      return unauthorized()
    }
    if (socket.data.caller.service)
      return next(rejection('forbidden', 'Service accounts have no sockets; use the API.'))
    const others = namespace.adapter.rooms.get(userRoom(socket.data.caller.id))?.size ?? 0
    if (others >= socketsPerUser)
      return next(rejection('too_many_connections', 'Close some of your connections first.'))
    if (!allows(access, socket.data.caller))
      return next(rejection('forbidden', `Only for people with the role ${access}.`))
    next()
  }
  namespace.use((socket, next) => void enter(socket, next))
  namespace.on('connection', (socket) => {
    // The token may have been revoked since the handshake.
    if (revocations.problemWith(socket.data.caller)) return void socket.disconnect()
    void socket.join(userRoom(socket.data.caller.id))
    limit(socket)
    untilExpiry(socket, clock)
  })
  revocations.onChange((userId) => {
    for (const id of namespace.adapter.rooms.get(userRoom(userId)) ?? []) {
      const socket = namespace.sockets.get(id)
      if (socket && revocations.problemWith(socket.data.caller)) socket.disconnect()
    }
  })
  const verifyAgain = async (socket: AdmittedSocket): Promise<void> => {
    try {
      await verifyToken(tokens.get(socket) ?? '')
    } catch (error) {
      // Revoked sessions are reported by `onChange`.
      if (!(error instanceof Unavailable)) socket.disconnect()
    }
  }
  revocations.onKeysRevoked(() => {
    for (const socket of namespace.sockets.values()) void verifyAgain(socket)
  })
}
