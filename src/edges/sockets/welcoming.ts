import type { ChannelPorts } from '../../serving/channel-ports.ts'
import { userRoom } from '../../serving/topic.ts'
import type { AnyWelcome } from '../../serving/welcome.ts'
import type { AdmittedSocket } from './admission.ts'
import type { Live } from './follow-read-model.ts'

/** Sends a socket that has just connected the state of its user; a failure is logged, as nobody asked. */
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
        // `read` has just returned it.
        const { name, payload } = tell(state as never)
        socket.emit(name, payload)
      },
    )
    .catch((error: unknown) =>
      ports.logger.warn(
        { err: error, namespace: socket.nsp.name },
        'A socket that connected was not sent its first message',
      ),
    )
}
