import type { Certificate } from './certificate.ts'
import type { Memory } from './memory.ts'

/** A running Agora. */
export type Served = {
  readonly url: string
  readonly grpcPort: number
  /** Port of the EventStoreDB endpoint, which is writable. */
  readonly eventStorePort: number
  /** Certificate of the EventStoreDB endpoint and its key, in PEM. */
  readonly tls: Certificate
  /** Secret of the deployment, from which the key of calls of gRPC is derived. */
  readonly secret: string
  /** Credentials of its admin. */
  readonly admin: { readonly email: string; readonly password: string }
  /** Lines that it logged as errors so far. */
  readonly errors: () => readonly string[]
  readonly hasEnded: () => boolean
  readonly memory: () => Promise<Memory>
}
