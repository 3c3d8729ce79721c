import type { Namespace } from 'socket.io'
import { Adapter, ClusterAdapter, type ClusterMessage } from 'socket.io-adapter'
import type { ProcessBus } from '../../platform/messaging/process-bus/port.ts'

/** Message between the servers of one namespace; the wire format of earlier versions. */
type Passed = { readonly message: ClusterMessage }

const isPassed = (value: unknown): value is Passed =>
  typeof value === 'object' && value !== null && 'message' in value

const unsupported = (method: string): Error =>
  new Error(
    `${method} needs responses of other processes, which the bus does not carry; use \`local\`.`,
  )

type Options = Parameters<ClusterAdapter['fetchSockets']>[0]

// Socket.IO requires a class.
class ProcessBusAdapter extends ClusterAdapter {
  readonly #publish: (passed: Passed) => void
  readonly #unsubscribe: () => void

  constructor(namespace: Namespace, between: Pick<ProcessBus, 'publish' | 'subscribe'>) {
    super(namespace)
    const topic = `sockets:${namespace.name}`
    // The bus logs its own failures.
    this.#publish = (passed) => void between.publish(topic, passed).catch(() => undefined)
    this.#unsubscribe = between.subscribe(topic, (passed) => {
      if (isPassed(passed)) this.onMessage(passed.message)
    })
  }

  // Publishing is not awaited: the sockets of this process receive a message at once, also during an outage of the bus.
  override async doPublish(message: ClusterMessage): Promise<string> {
    this.#publish({ message })
    return ''
  }

  /** Processes of older versions may send requests; they do not wait for a process without heartbeats. */
  override async doPublishResponse(): Promise<void> {
    return undefined
  }

  override async fetchSockets(options: Options): ReturnType<ClusterAdapter['fetchSockets']> {
    if (!options.flags?.local) throw unsupported('fetchSockets')
    return super.fetchSockets(options)
  }

  override broadcastWithAck(...args: Parameters<ClusterAdapter['broadcastWithAck']>): void {
    if (!args[1].flags?.local) throw unsupported('emitWithAck')
    super.broadcastWithAck(...args)
  }

  // Not async: Socket.IO ignores the promise, so the error must be thrown.
  override serverSideEmit(): Promise<never> {
    throw unsupported('serverSideEmit')
  }

  override close(): void {
    void super.close()
    this.#unsubscribe()
  }
}

/**
 * Creates a Socket.IO adapter over the process bus, for messages that are not in the log: `emit`, `disconnectSockets`,
 * `socketsJoin` and `socketsLeave` reach the sockets of all processes, unless they are `local`. Operations that need
 * responses of other processes (`fetchSockets`, `emitWithAck`, `serverSideEmit`) throw: no process knows the number of
 * processes, and none sends heartbeats. Payloads are JSON.
 * @param between the process bus
 * @param names of the namespaces; any other one gets an adapter of this process, which costs the bus no subscription
 * @returns the value of Socket.IO's option `adapter`
 */
export const clusterAdapter = (
  between: Pick<ProcessBus, 'publish' | 'subscribe'>,
  names: readonly string[],
) =>
  // Socket.IO calls it with `new`, which yields the returned object.
  function adapter(namespace: Namespace): Adapter {
    return names.includes(namespace.name)
      ? new ProcessBusAdapter(namespace, between)
      : new Adapter(namespace)
  }
