import { Check } from 'typebox/value'
import type { ChannelPorts } from '../../serving/channel-ports.ts'
import { AfterPosition } from '../../serving/message.ts'
import { userRoom } from '../../serving/topic.ts'
import type { Resumption } from '../../serving/welcome.ts'
import type { AdmittedSocket } from './admission.ts'
import type { Live } from './follow-read-model.ts'
import { resume } from './resuming.ts'

/**
 * Sends a newly connected socket the messages of its user's room after the position that it connected with, if it named
 * one, and then those that follow.
 */
export const resumeUser = (
  socket: AdmittedSocket,
  { missed, told }: Resumption,
  live: Live,
  ports: ChannelPorts,
): void => {
  const after: unknown = socket.handshake.auth['afterPosition']
  if (!Check(AfterPosition, after)) return
  const { caller } = socket.data
  resume(socket, live, {
    room: userRoom(caller.id),
    isIn: true,
    after: BigInt(after),
    answer: async (position) => ({
      acknowledgement: { ok: true, position: String(position) },
      position,
    }),
    missed: (range) => missed({ caller, ports, ...range }),
    reply: (acknowledgement) => {
      if (!acknowledgement.ok) return
      const { ok: _, ...payload } = acknowledgement
      socket.emit(told, payload)
    },
  }).catch((error: unknown) => {
    ports.logger.warn(
      { err: error, namespace: socket.nsp.name },
      'The messages that a socket has missed could not be sent; its connection is closed',
    )
  })
}
