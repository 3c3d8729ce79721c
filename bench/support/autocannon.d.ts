/** Types of autocannon as far as the bench uses it, as the package has none. */
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
    /** Interval of its samples and of the check for the end, in ms. */
    readonly sampleInt?: number
    readonly requests: readonly Request[]
    readonly setupClient?: (client: {
      readonly setRequests: (requests: readonly Request[]) => void
    }) => void
  }) => Promise<Result>
  export default autocannon
}
