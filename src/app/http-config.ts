import type { Config } from '../config.ts'
import { defaultHttpConfig, type HttpConfig } from '../edges/http/dependencies.ts'

/**
 * Returns the settings of the HTTP edge.
 * @param isInternal whether only gateways reach this process: they count requests, and their forwarded address of the client is
 *   trusted
 */
export const httpConfigOf = (config: Config, isInternal: boolean): HttpConfig => ({
  ...defaultHttpConfig,
  rateLimit: !isInternal && config.rateLimit,
  // No gateway has counted calls of gRPC.
  ...(isInternal && config.grpc && { grpcRateLimit: config.rateLimit }),
  corsOrigins: config.corsOrigins,
  trustProxy: isInternal || config.trustProxy,
  secureCookies: config.secureCookies,
  media: config.media,
  ...(config.publicUrl !== undefined && { publicUrl: config.publicUrl }),
  webhookSecrets: config.webhookSecrets,
  ...(config.tracesUrl !== undefined && { tracesUrl: config.tracesUrl }),
  ...(config.metricsToken !== undefined && { metricsToken: config.metricsToken }),
})
