import {
  Client,
  credentials,
  Metadata,
  status as codes,
  type ChannelCredentials,
  type ServiceError,
} from '@grpc/grpc-js'
import { loadContracts } from '../../src/edges/grpc/contracts.ts'
import {
  grpcAudience,
  internalHeader,
  type InternalCalls,
} from '../../src/platform/security/internal-calls.ts'

/** The contracts, as clients read them: fields that were not sent have their defaults. */
export const clientContracts = loadContracts({ defaults: true })

/** What a call adds to its request. */
type CallOptions = {
  /** Access token of the user. */
  readonly token?: string
  readonly metadata?: Readonly<Record<string, string>>
  /** Signature of the call; default: a valid one. */
  readonly signature?: string
  /** In ms from now. */
  readonly timeout?: number
}

/** How a call failed. */
export type RpcFailure = {
  /** Name of the code: `NOT_FOUND`. */
  readonly code: string
  /** Name of the problem. */
  readonly reason: string | undefined
  /** Invalid fields. */
  readonly fields: readonly string[]
  readonly details: string
}

/** The answer of a call, or its failure. */
export type RpcReply = {
  // What a test looks for in an answer is not known to types.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly message: any
  readonly metadata: Metadata
  readonly failure: RpcFailure | undefined
}

/** Calls an RPC by its full name, `agora.user.v1.UserService/FollowUser`. */
export type Rpc = (name: string, request?: object, options?: CallOptions) => Promise<RpcReply>

const isPacked = (detail: unknown): detail is { type_url: string; value: Uint8Array } =>
  typeof detail === 'object' && detail !== null && 'type_url' in detail

/** Reads the details of an error. */
export const failureIn = ({ code, details, metadata }: ServiceError): RpcFailure => {
  const [status] = metadata.get('grpc-status-details-bin')
  const found = new Map<string, object>()
  if (Buffer.isBuffer(status)) {
    const read = clientContracts.message('google.rpc.Status').deserialize(status)
    const packed = 'details' in read && Array.isArray(read.details) ? read.details : []
    for (const detail of packed.filter(isPacked)) {
      const name = detail.type_url.replace('type.googleapis.com/', '')
      found.set(name, clientContracts.message(name).deserialize(Buffer.from(detail.value)))
    }
  }
  const { reason } = (found.get('google.rpc.ErrorInfo') ?? {}) as { reason?: string }
  const { fieldViolations = [] } = (found.get('google.rpc.BadRequest') ?? {}) as {
    fieldViolations?: readonly { readonly field: string }[]
  }
  return { code: codes[code], reason, fields: fieldViolations.map(({ field }) => field), details }
}

/** A client of the gRPC of an Agora. */
export type RpcClient = Disposable & {
  readonly rpc: Rpc
  /** Metadata of a call. */
  readonly metadataFor: (path: string, options?: CallOptions) => Metadata
  readonly client: Client
}

/**
 * Connects to the gRPC of an Agora.
 * @param options.calls signs calls
 */
export const rpcClient = (
  address: string,
  { calls }: { readonly calls: Pick<InternalCalls, 'tokenFor'> },
  by: ChannelCredentials = credentials.createInsecure(),
): RpcClient => {
  const client = new Client(address, by)
  const metadataFor = (path: string, { token, metadata = {}, signature }: CallOptions = {}) => {
    const call = { audience: grpcAudience, method: 'POST', url: path, userId: '', address: '' }
    const all = new Metadata()
    all.set(internalHeader, signature ?? calls.tokenFor(call))
    if (token !== undefined) all.set('authorization', `Bearer ${token}`)
    for (const [name, value] of Object.entries(metadata)) all.set(name, value)
    return all
  }
  const rpc: Rpc = (name, request = {}, options = {}) => {
    const [service = '', method = ''] = name.split('/')
    const found = clientContracts.services.get(service)?.[method]
    if (!found) throw new Error(`There is no RPC ${name}`)
    const metadata = metadataFor(found.path, options)
    const deadline = Date.now() + (options.timeout ?? 60_000)
    return new Promise((resolve) => {
      let answered = new Metadata()
      const call = client.makeUnaryRequest(
        found.path,
        found.requestSerialize,
        found.responseDeserialize,
        request,
        metadata,
        { deadline },
        (error, message) =>
          resolve({
            message,
            metadata: error?.metadata ?? answered,
            failure: error ? failureIn(error) : undefined,
          }),
      )
      call.on('metadata', (received) => (answered = received))
    })
  }
  return { rpc, metadataFor, client, [Symbol.dispose]: () => client.close() }
}
