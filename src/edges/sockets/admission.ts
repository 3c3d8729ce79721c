import type { DefaultEventsMap, ExtendedError, Namespace, Socket } from 'socket.io'
import { cookieIn, tokenCookieName } from '../../platform/security/cookies.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { allows, type Caller } from '../../serving/caller.ts'
import type { AnyChannel } from '../../serving/channel.ts'
import { refusal } from '../../serving/message.ts'
import { userRoom } from '../../serving/topic.ts'
import type { RealtimeDependencies } from './dependencies.ts'

/** What is known of a socket. */
export type SocketData = { caller: Caller }

/** A namespace whose sockets belong to a caller. */
export type AdmittingNamespace = Namespace<
  DefaultEventsMap,
  DefaultEventsMap,
  DefaultEventsMap,
  SocketData
>

/** A socket that belongs to a caller. */
export type AdmittedSocket = Socket<
  DefaultEventsMap,
  DefaultEventsMap,
  DefaultEventsMap,
  SocketData
>

/** So many sockets one user may have open in one namespace. */
const socketsEach = 100

/** So many questions one socket may ask within a window, and how long that is in ms. */
const questions = { most: 2_000, within: 10_000 }

/** So many things one socket may subscribe to. */
const subscriptions = 1_000

/** The most that a timer can wait, in ms. */
const longest = 2 ** 31 - 1

/** Turns a connection away. @param code stable, in snake_case; clients find it in `error.data` */
export const turnedAway = (code: string, message: string): ExtendedError =>
  Object.assign(new Error(message), { data: { code } })

type Handshake = Pick<Socket['handshake'], 'auth' | 'headers'>

/** Pages of other origins do not get to use the cookie, whatever a browser thinks belongs to the same site. */
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

/** Whether one more subscription is too many for a socket, in words for its user. */
export const tooMany = ({ rooms }: Pick<Socket, 'rooms'>) =>
  // One room is the socket's own, one its user's.
  rooms.size - 2 >= subscriptions
    ? refusal(
        'too_many_subscriptions',
        `A socket may subscribe to ${subscriptions} things; unsubscribe from some first.`,
      )
    : undefined

/** Answers what nobody listens for, and who asks too much. */
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
        ? refusal('too_many_requests', 'That was too much at once; wait some seconds.')
        : socket.listenerCount(name) === 0
          ? refusal('no_such_event', `Nothing answers to ${name.slice(0, 100)} here.`)
          : undefined
    if (!refused) return next()
    const ack: unknown = sent.at(-1)
    if (typeof ack === 'function') ack(refused)
  })
}

/** Lets a socket go when its token expires. */
const untilExpiry = (socket: AdmittedSocket, clock: () => Date) => {
  let timer: NodeJS.Timeout
  const wait = () => {
    const left = socket.data.caller.expiresAt * 1_000 - clock().getTime()
    if (left <= 0) socket.disconnect()
    else timer = setTimeout(wait, Math.min(left, longest)).unref()
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
  /** Not among what is known of sockets, which other processes may ask for. */
  const tokens = new WeakMap<AdmittedSocket, string>()
  const enter = async (
    socket: AdmittedSocket,
    next: (refused?: ExtendedError) => void,
  ): Promise<void> => {
    const unauthorized = () =>
      next(turnedAway('unauthorized', 'Sign in, and connect with the access token as auth.token.'))
    const token = tokenOf(socket.handshake, corsOrigins)
    if (token === undefined) return unauthorized()
    try {
      socket.data.caller = await verifyToken(token)
      tokens.set(socket, token)
    } catch (error) {
      if (error instanceof Unavailable)
        return next(turnedAway('unavailable', 'Something that Agora needs is away; connect later.'))
      return unauthorized()
    }
    const others = namespace.adapter.rooms.get(userRoom(socket.data.caller.id))?.size ?? 0
    if (others >= socketsEach)
      return next(turnedAway('too_many_connections', 'Close some of your connections first.'))
    if (!allows(access, socket.data.caller))
      return next(turnedAway('forbidden', `Only for people with the role ${access}.`))
    next()
  }
  namespace.use((socket, next) => void enter(socket, next))
  namespace.on('connection', (socket) => {
    // It may have been revoked on the way here.
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
  const lookAgain = async (socket: AdmittedSocket): Promise<void> => {
    try {
      await verifyToken(tokens.get(socket) ?? '')
    } catch (error) {
      // Whether the session has ended meanwhile is heard of elsewhere.
      if (!(error instanceof Unavailable)) socket.disconnect()
    }
  }
  revocations.onKeysRevoked(() => {
    for (const socket of namespace.sockets.values()) void lookAgain(socket)
  })
}
