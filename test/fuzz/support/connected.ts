import { io, type Socket } from 'socket.io-client'
import type { CallerName } from './requests.ts'
import type { Stage } from './stage.ts'

/** Time in which a connection or a message must be answered, in ms. */
const patience = 30_000

/** Connects a caller to a namespace. @returns undefined when the caller is refused @throws Error without an answer in time */
export const connected = (
  { url, personOf }: Pick<Stage, 'url' | 'personOf'>,
  namespace: string,
  as: CallerName,
): Promise<Socket | undefined> => {
  const token = personOf(as)?.token
  const socket = io(`${url}${namespace}`, {
    ...(token !== undefined && { auth: { token } }),
    forceNew: true,
    reconnection: false,
    transports: ['websocket'],
  })
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      socket.disconnect()
      reject(new Error(`${namespace} does not answer ${as}`))
    }, patience)
    socket.once('connect', () => {
      clearTimeout(late)
      resolve(socket)
    })
    socket.once('connect_error', () => {
      clearTimeout(late)
      socket.disconnect()
      resolve(undefined)
    })
  })
}

/** An acknowledgement; `gone` says why the connection ended before it. */
export type Answer = {
  readonly ok?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly gone?: string
}

/** Sends a message, and returns its acknowledgement. @throws Error without one in time */
export const answerOf = (
  socket: Socket,
  name: string,
  ...args: readonly unknown[]
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`no acknowledgement in ${patience} ms`)),
      patience,
    )
    const end = (answer: unknown) => {
      clearTimeout(late)
      socket.off('disconnect', gone)
      resolve(Object(answer) as Answer)
    }
    const gone = (reason: string) => end({ gone: reason })
    socket.once('disconnect', gone)
    socket.emit(name, ...args, end)
  })
