import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config.ts'
import { childProcessPictures } from '../platform/external/pictures/child-process.ts'
import { webPush } from '../platform/external/push/web-push.ts'
import type { Metrics } from '../platform/observability/metrics/metrics.ts'
import type { Reports } from '../platform/observability/reports/port.ts'
import { accountLinks } from '../platform/security/account-links.ts'
import type { Operations } from '../runtime/operations.ts'
import { erasersOf } from '../serving/erase.ts'
import type { JobPorts } from '../serving/job-ports.ts'
import type { Module } from '../serving/module.ts'
import { boundWorkflows } from '../serving/workflow.ts'
import { archiving } from './archiving.ts'
import type { openPayments } from './payments.ts'
import type { Stores } from './stores.ts'
import { openWebhooks } from './webhooks.ts'

/** What the ports of jobs are made of, besides the configuration. */
type Opened = {
  readonly modules: readonly Module[]
  readonly stores: Stores
  readonly operations: Operations
  readonly payments: ReturnType<typeof openPayments>
  readonly reports: Reports
  readonly metrics: Metrics
  readonly logger: FastifyBaseLogger
  /** Base URL under which people reach Agora, known once the server listens. */
  readonly site: () => string
  /** Aborted when long runs are to end. */
  readonly stopping: AbortSignal
}

/** Opens what jobs and chores use of the world: push services, webhooks, pictures, and the stores of the process. */
export const openJobPorts = (
  config: Config,
  { modules, stores, operations, payments, reports, metrics, logger, site, stopping }: Opened,
): JobPorts & {
  readonly push: ReturnType<typeof webPush>
  readonly webhooks: ReturnType<typeof openWebhooks>
} => {
  const { clock, executor, readModels, log, blobs, keys, mailer, sms, forgetting } = stores
  const push = webPush({
    secret: keys.secretFor('web-push'),
    // Push services take no contact on this machine.
    subject: () => (site().startsWith('https:') ? site() : 'mailto:agora@agora.invalid'),
    clock,
  })
  const webhooks = openWebhooks(config.webhookPrivateHosts, { readModels, metrics, clock })
  const { projections, rebuild, lags, bridges, consumerGroups, deadLetterCounts, audits } =
    operations
  const ports = {
    clock,
    executor,
    readModels,
    log,
    blobs,
    pictures: childProcessPictures({ output: 4 * config.media.caps.image }),
    keys,
    unusedMediaTtl: config.media.unusedTtl,
    webhookDeliveryTtl: config.webhookDeliveryTtl,
    projections,
    rebuild,
    ...archiving(
      modules.flatMap(({ deciders }) => deciders),
      stores,
    ),
    workflows: boundWorkflows(
      modules.flatMap(({ workflows }) => workflows),
      (): JobPorts => ports,
    ),
    stopping,
    onFailedRun: ({ error, ...run }) =>
      logger.warn({ err: error, ...run }, 'A run of a scheduled job failed'),
    lags,
    bridges,
    consumerGroups,
    deadLetterCounts,
    audits,
    reports,
    paymentProvider: payments.provider,
    reconciling: payments.reconciling,
    mailer,
    push,
    webhooks,
    sms,
    letters: { links: accountLinks(keys.secretFor('account-links')), site },
    forgetting,
    erasers: erasersOf(modules),
  } satisfies JobPorts
  return ports
}
