import type { Policy } from './port.ts'

const restMs = 1_000

const store = 'its caller: a projection with growing pauses, a request never'

/** Policies of all outbound clients: the one place of their time limits, attempts and breakers. */
export const policies = {
  // A store that is away is learned of once; drivers take seconds to give up, which all callers would wait for.
  mongodb: {
    answerMs: 10_000,
    connectMs: 5_000,
    attempts: 1,
    repeatedBy: store,
    failures: 1,
    restMs,
  },
  // Another node is tried at once, where there are several.
  elasticsearch: { answerMs: 10_000, attempts: 1, repeatedBy: store, failures: 1, restMs },
  redis: {
    answerMs: 100,
    connectMs: 1_000,
    attempts: 1,
    repeatedBy: 'nothing: counters and caches go on locally',
    failures: 1,
    restMs: 500,
  },
  s3: {
    answerMs: 4_000,
    connectMs: 2_000,
    attempts: 3,
    repeatedBy: 'its caller: a job, a request never',
    failures: 1,
    restMs,
  },
  cloudinary: {
    answerMs: 5_000,
    attempts: 3,
    repeatedBy: 'its caller: a job, a request never',
    failures: 1,
    restMs,
  },
  // One mail that fails says little; each failed trial costs the attempt of a job.
  mail: {
    answerMs: 10_000,
    attempts: 1,
    repeatedBy: 'the job, up to ten attempts with growing pauses',
    failures: 5,
    restMs,
  },
  // Names its message, so that a repeated one can be recognised.
  sms: {
    answerMs: 10_000,
    attempts: 1,
    repeatedBy: 'the job, up to eight attempts with growing pauses',
    failures: 5,
    restMs,
  },
  // Each push service has a breaker of its own, as users name them.
  push: {
    answerMs: 10_000,
    attempts: 1,
    repeatedBy: 'the job, up to eight attempts with growing pauses',
    failures: 3,
    restMs: 5_000,
  },
  // Each endpoint has a breaker of its own, as admins name them.
  webhooks: {
    answerMs: 15_000,
    attempts: 1,
    repeatedBy: 'the delivery, with growing pauses for three days',
    failures: 5,
    restMs: 30_000,
  },
  // Repeated under the same idempotency key.
  payments: {
    answerMs: 10_000,
    attempts: 1,
    repeatedBy: 'the job, up to five attempts with growing pauses; then the reconciliation',
    failures: 5,
    restMs,
  },
  // Somebody waits, and codes are valid once.
  openid: {
    answerMs: 10_000,
    attempts: 1,
    repeatedBy: 'the person who signs in',
    failures: 3,
    restMs: 5_000,
  },
} as const satisfies Readonly<Record<string, Policy>>
