import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config.ts'
import type { Audits } from '../platform/storage/audits/port.ts'
import { sums } from '../projections/sums.ts'
import type { Auditing } from './work.ts'

/** Returns how read models are audited in the background: what is found is logged. */
export const auditing = (
  audits: Audits,
  { auditEvery }: Pick<Config, 'auditEvery'>,
  { clock, logger }: { readonly clock: () => Date; readonly logger: FastifyBaseLogger },
): Auditing => ({
  audits,
  sums,
  every: auditEvery,
  clock,
  random: Math.random,
  onDifference: (projection, difference) =>
    logger.error(
      { projection, ...difference },
      'A document differs from what the log yields; "agora rebuild" mends its read model',
    ),
  onResolved: (projection) =>
    logger.info({ projection }, 'No document of the read model differs from the log any more'),
})
