/**
 * A message on its way to sockets, with the position of the event that it is about; without one it has a state, which is
 * never left out.
 */
export type Outgoing = {
  readonly name: string
  readonly payload: unknown
  readonly at: bigint | undefined
}

/** Most messages that wait for one socket; beyond, they are read again. */
const maxHeld = 500

/** The messages of a room that wait for one socket, until it has been sent all earlier ones. */
export type Hold = {
  /**
   * Takes the messages that wait.
   * @returns undefined when there were too many: they were dropped, and are to be read again
   */
  readonly take: () => readonly Outgoing[] | undefined
  /** Ends the hold: the socket is sent the messages after a position as they come, and none up to it. */
  readonly release: (cut: bigint) => void
  /** Ends the hold; what waits is dropped. */
  readonly end: () => void
  /** Whether a later hold of the same socket in the same room has taken its place. */
  readonly isReplaced: () => boolean
}

/** The holds of a topic. */
export type Holds = {
  /** Holds the messages of a room for a socket from now on. */
  readonly hold: (room: string, socketId: string) => Hold
  /**
   * Returns the sockets that a message to these rooms must not be sent to now: it waits for them, or was sent already.
   * @param excluded sockets that the message is not for
   */
  readonly leaveOut: (
    rooms: readonly string[],
    message: Outgoing,
    excluded?: ReadonlySet<string>,
  ) => readonly string[]
  /** Forgets what is no longer needed, once all messages up to a position have been sent. */
  readonly passed: (position: bigint) => void
  /** Forgets a socket that has disconnected. */
  readonly forget: (socketId: string) => void
}

type Held = { waiting: Outgoing[]; isTooMuch: boolean; cut: bigint | undefined }

/**
 * Creates the holds of a topic: for sockets that are sent missed messages of a room first. Messages of the room wait
 * meanwhile; afterwards, those that had been read already are left out.
 */
export const holds = (): Holds => {
  const byRoom = new Map<string, Map<string, Held>>()

  const drop = (room: string, socketId: string, held?: Held): void => {
    const inRoom = byRoom.get(room)
    if (!inRoom || (held && inRoom.get(socketId) !== held)) return
    inRoom.delete(socketId)
    if (inRoom.size === 0) byRoom.delete(room)
  }

  const keep = (held: Held, message: Outgoing): void => {
    if (held.isTooMuch) return
    held.waiting.push(message)
    if (held.waiting.length <= maxHeld) return
    held.waiting = []
    held.isTooMuch = true
  }

  return {
    hold: (room, socketId) => {
      const held: Held = { waiting: [], isTooMuch: false, cut: undefined }
      const inRoom = byRoom.get(room) ?? new Map<string, Held>()
      byRoom.set(room, inRoom.set(socketId, held))
      return {
        take: () => {
          const { waiting, isTooMuch } = held
          held.waiting = []
          held.isTooMuch = false
          return isTooMuch ? undefined : waiting
        },
        release: (cut) => {
          held.cut = cut
        },
        end: () => drop(room, socketId, held),
        isReplaced: () => byRoom.get(room)?.get(socketId) !== held,
      }
    },
    leaveOut: (rooms, message, excluded) => {
      const left = new Set<string>()
      for (const room of rooms)
        for (const [socketId, held] of byRoom.get(room) ?? []) {
          if (left.has(socketId) || excluded?.has(socketId)) continue
          if (held.cut === undefined) keep(held, message)
          else if (message.at === undefined || message.at > held.cut) continue
          left.add(socketId)
        }
      return [...left]
    },
    passed: (position) => {
      for (const [room, inRoom] of byRoom)
        for (const [socketId, { cut }] of inRoom)
          if (cut !== undefined && cut <= position) drop(room, socketId)
    },
    forget: (socketId) => {
      for (const room of byRoom.keys()) drop(room, socketId)
    },
  }
}
