import type { Namespace } from 'socket.io'
import {
  ClusterAdapterWithHeartbeat,
  MessageType,
  type ClusterAdapterOptions,
  type ClusterMessage,
  type ClusterResponse,
} from 'socket.io-adapter'
import type { Between } from '../platform/between/port.ts'

/** How often servers say that they live, and after how long a silence one is taken for dead, in ms. */
const heartbeats = { heartbeatInterval: 5_000, heartbeatTimeout: 12_000 }

/** How often a server that hears of no other says that it lives, in ms: a lost connection may have parted them. */
const aloneInterval = 30_000

/** What passes between the servers of one namespace. */
type Passed =
  | { readonly message: ClusterMessage }
  | { readonly response: ClusterResponse; readonly to: string }

const isPassed = (value: unknown): value is Passed =>
  typeof value === 'object' && value !== null && ('message' in value || 'response' in value)

/** What other processes may know of a connection: nothing that it has proven itself with. */
const bareHandshake = {
  headers: {},
  auth: {},
  query: {},
  url: '',
  address: '',
  time: '',
  issued: 0,
  secure: false,
  xdomain: false,
}

/** Sockets as they are told of: tokens and cookies stay where they are. */
const withoutSecrets = (response: ClusterResponse): ClusterResponse =>
  response.type === MessageType.FETCH_SOCKETS_RESPONSE
    ? {
        ...response,
        data: {
          ...response.data,
          sockets: response.data.sockets.map((socket) => ({
            ...(socket as object),
            handshake: bareHandshake,
          })),
        },
      }
    : response

// Socket.IO wants a class.
class BetweenAdapter extends ClusterAdapterWithHeartbeat {
  readonly #tell: (passed: Passed) => void
  readonly #end: () => void
  readonly #timeout: number
  /** When another server was heard of, and when this one last said something, in ms of the monotonic clock. */
  #heardOther = -Infinity
  #said = -Infinity

  constructor(
    namespace: Namespace,
    between: Pick<Between, 'tell' | 'hear'>,
    options: ClusterAdapterOptions,
  ) {
    super(namespace, options)
    this.#timeout = options.heartbeatTimeout ?? heartbeats.heartbeatTimeout
    const topic = `sockets:${namespace.name}`
    // The way itself tells of what is wrong with it.
    this.#tell = (passed) => void between.tell(topic, passed).catch(() => undefined)
    this.#end = between.hear(topic, (passed) => {
      if (!isPassed(passed)) return
      if ('message' in passed) {
        if (passed.message.uid !== this.uid) this.#heardOther = performance.now()
        this.onMessage(passed.message)
      } else if (passed.to === this.uid) this.onResponse(passed.response)
    })
  }

  // Nobody waits for the others to be told: who is connected here hears at once, also while they cannot be reached.
  override async doPublish(message: ClusterMessage): Promise<string> {
    const now = performance.now()
    const isAlone = now - this.#heardOther > this.#timeout
    // One that starts says so itself, and is answered.
    if (message.type === MessageType.HEARTBEAT && isAlone && now - this.#said < aloneInterval)
      return ''
    this.#said = now
    this.#tell({ message })
    return ''
  }

  override async doPublishResponse(to: string, response: ClusterResponse): Promise<void> {
    this.#tell({ response: withoutSecrets(response), to })
  }

  override close(): void {
    super.close()
    this.#end()
  }
}

/**
 * Lets the Socket.IO servers of all processes act as one, for what is not in the log: `emit` reaches the sockets of all,
 * unless it is `local`; so do `disconnectSockets`, `fetchSockets`, `serverSideEmit` and the like. What is sent is what
 * JSON can say.
 * @param between the way to the others
 * @param options.heartbeatInterval ms
 * @param options.heartbeatTimeout a server that is not heard of for so long is dead, and nobody waits for it; ms
 * @returns what Socket.IO takes as its `adapter`
 */
export const adapterBetween = (
  between: Pick<Between, 'tell' | 'hear'>,
  options: ClusterAdapterOptions = {},
) =>
  // Called with `new`, which takes what is returned.
  function adapter(namespace: Namespace): BetweenAdapter {
    return new BetweenAdapter(namespace, between, { ...heartbeats, ...options })
  }
