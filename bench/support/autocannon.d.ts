/** As much of autocannon as the bench uses; it comes without types. */
declare module 'autocannon' {
  type Request = {
    readonly method: string
    readonly path: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
  }
  type Result = {
    readonly '2xx': number
    readonly non2xx: number
    readonly errors: number
    readonly timeouts: number
    /** s */
    readonly duration: number
    /** ms */
    readonly latency: { readonly p50: number; readonly p99: number }
  }
  const autocannon: (options: {
    readonly url: string
    readonly connections: number
    /** s */
    readonly duration: number
    /** How often it counts, and looks whether it is over, in ms. */
    readonly sampleInt?: number
    readonly requests: readonly Request[]
    readonly setupClient?: (client: {
      readonly setRequests: (requests: readonly Request[]) => void
    }) => void
  }) => Promise<Result>
  export default autocannon
}
