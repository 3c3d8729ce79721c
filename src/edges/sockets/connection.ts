import type { Connection } from '../../serving/connection.ts'
import type { Messages } from '../../serving/message.ts'
import type { AdmittedSocket } from './admission.ts'
import { answering } from './answering.ts'
import type { Logger } from './dependencies.ts'
import { drained } from './flow-control.ts'

/** A socket as channels that handle connections themselves use it. @param client the questions of the channel */
export const connectionOf = (
  socket: AdmittedSocket,
  client: Messages['client'],
  logger: Logger,
): Connection => {
  const gone = new AbortController()
  socket.on('disconnect', () => gone.abort())
  return {
    caller: socket.data.caller,
    disconnected: gone.signal,
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
