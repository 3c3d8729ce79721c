import type { Connection } from '../../serving/connection.ts'
import type { Messages } from '../../serving/message.ts'
import type { AdmittedSocket } from './admission.ts'
import { answering } from './answering.ts'
import type { Logger } from './dependencies.ts'
import { drained } from './flow-control.ts'

/** Adapts a socket for a channel that handles connections itself. @param client the declared questions of the channel */
export const connectionOf = (
  socket: AdmittedSocket,
  client: Messages['client'],
  logger: Logger,
): Connection => {
  const disconnected = new AbortController()
  socket.on('disconnect', () => disconnected.abort())
  return {
    caller: socket.data.caller,
    disconnected: disconnected.signal,
    on: (name, handle) => {
      const asked = client[name]
      if (!asked) throw new Error(`${socket.nsp.name} declares no question ${name}`)
      const event: string = name
      socket.on(event, answering(asked, handle, logger))
    },
    tell: (name, payload) => void socket.emit(name, payload),
    ready: (signal) => drained(socket, signal),
  }
}
