import type { Namespace } from 'socket.io'
import { ClusterAdapter, type ClusterMessage } from 'socket.io-adapter'
import type { Between } from '../../platform/messaging/process-bus/port.ts'

/** What passes between the servers of one namespace; the same on the wire as in earlier versions. */
type Passed = { readonly message: ClusterMessage }

const isPassed = (value: unknown): value is Passed =>
  typeof value === 'object' && value !== null && 'message' in value

const unanswered = (method: string): Error =>
  new Error(`${method} needs answers of other processes, which are not carried; use \`local\`.`)

type Options = Parameters<ClusterAdapter['fetchSockets']>[0]

// Socket.IO wants a class.
class BetweenAdapter extends ClusterAdapter {
  readonly #tell: (passed: Passed) => void
  readonly #end: () => void

  constructor(namespace: Namespace, between: Pick<Between, 'tell' | 'hear'>) {
    super(namespace)
    const topic = `sockets:${namespace.name}`
    // The bus itself reports what is wrong with it.
    this.#tell = (passed) => void between.tell(topic, passed).catch(() => undefined)
    this.#end = between.hear(topic, (passed) => {
      if (isPassed(passed)) this.onMessage(passed.message)
    })
  }

  // Emitting does not wait for the other processes: sockets of this one are reached at once, also during an outage.
  override async doPublish(message: ClusterMessage): Promise<string> {
    this.#tell({ message })
    return ''
  }

  /** Older versions may ask; they do not wait for a process that sends no heartbeats. */
  override async doPublishResponse(): Promise<void> {
    return undefined
  }

  override async fetchSockets(options: Options): ReturnType<ClusterAdapter['fetchSockets']> {
    if (!options.flags?.local) throw unanswered('fetchSockets')
    return super.fetchSockets(options)
  }

  override broadcastWithAck(...asked: Parameters<ClusterAdapter['broadcastWithAck']>): void {
    if (!asked[1].flags?.local) throw unanswered('emitWithAck')
    super.broadcastWithAck(...asked)
  }

  // Not async: Socket.IO does not look at what it returns.
  override serverSideEmit(): Promise<never> {
    throw unanswered('serverSideEmit')
  }

  override close(): void {
    void super.close()
    this.#end()
  }
}

/**
 * Lets the Socket.IO servers of all processes act as one, for what is not in the log: `emit`, `disconnectSockets`,
 * `socketsJoin` and `socketsLeave` reach the sockets of all, unless they are `local`. What needs answers of others
 * (`fetchSockets`, `emitWithAck`, `serverSideEmit`) is refused: processes need not know how many they are, and send no
 * heartbeats. What is sent is what JSON can say.
 * @param between the bus to the other processes
 * @returns what Socket.IO takes as its `adapter`
 */
export const clusterAdapter = (between: Pick<Between, 'tell' | 'hear'>) =>
  // Called with `new`, which takes what is returned.
  function adapter(namespace: Namespace): BetweenAdapter {
    return new BetweenAdapter(namespace, between)
  }
