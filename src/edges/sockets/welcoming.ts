import type { ChannelPorts } from '../../serving/channel-ports.ts'
import { userRoom } from '../../serving/topic.ts'
import type { AnyWelcome } from '../../serving/welcome.ts'
import type { AdmittedSocket } from './admission.ts'
import type { Live } from './follow-read-model.ts'

/** Sends a newly connected socket the state of its user. A failure is logged, as the client asked no question to answer. */
export const welcoming = (
  socket: AdmittedSocket,
  { read, tell }: AnyWelcome,
  live: Live,
  ports: ChannelPorts,
): void => {
  const { caller } = socket.data
  live
    .ask(
      userRoom(caller.id),
      socket.id,
      (minPosition) => read({ caller, ports, minPosition }),
      (state) => {
        // The state comes from `read` of the same welcome.
        const { name, payload } = tell(state as never)
        socket.emit(name, payload)
      },
    )
    .catch((error: unknown) =>
      ports.logger.warn(
        { err: error, namespace: socket.nsp.name },
        'The welcome message of a socket could not be sent',
      ),
    )
}
