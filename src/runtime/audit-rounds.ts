import { setTimeout as pause } from 'node:timers/promises'
import type { AnyProjection } from '#kernel'
import { messageOf } from '#kernel/error-message'
import type { Control } from '../platform/messaging/control/port.ts'
import type { Leases } from '../platform/messaging/leases/port.ts'
import {
  notAudited,
  type AuditDifference,
  type AuditFindings,
  type AuditProgress,
  type Audits,
  type AuditState,
} from '../platform/storage/audits/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { mergedFindings, openAfter } from './audit-merge.ts'
import { hashOf, shareOf, wholeSlice, type AuditSlice } from './audit-slice.ts'
import { auditSlice, Superseded, type AuditDeps } from './auditing.ts'
import { operatorRequests } from './operator-requests.ts'
import { runUnderLease } from './run-under-lease.ts'

/** Dependencies of the audits of a process. */
export type AuditRounds = Pick<
  AuditDeps,
  'catalogue' | 'documents' | 'letters' | 'log' | 'sums'
> & {
  readonly projections: readonly AnyProjection[]
  readonly audits: Audits
  readonly control: Pick<Control, 'news'>
  readonly leases: Pick<Leases, 'acquire'>
  /** Pause before each audit without a request, in ms; 0 for none without. */
  readonly every: number
  readonly clock: () => Date
  /** Returns a random number from 0 to below 1. */
  readonly random: () => number
  /** Called once with each difference that was not open before. */
  readonly onDifference: (name: string, difference: AuditDifference) => void
  /** Called when the last open difference of a read model is resolved. */
  readonly onResolved: (name: string) => void
  readonly onError: (error: unknown) => void
}

type Pace = Pick<AuditDeps, 'most' | 'page' | 'batch' | 'again' | 'rest'>

/** Pace of an audit that an operator waits for: others get their turn between pages. */
const asked: Pace = {
  most: 20_000,
  page: 1_000,
  batch: 500,
  again: 500,
  rest: () => pause(1),
}

/** Pace of others: they rest nine times as long as they work, and have few documents in memory. */
const background: Pace = {
  most: 1_000,
  page: 250,
  batch: 100,
  again: 2_000,
  rest: (took) => pause(Math.min(5_000, 5 + 9 * took)),
}

/** How often the progress of an audit is saved, in ms. */
const progressEvery = 1_000

/** Longest wait of a timer, in ms. */
const longest = 2 ** 31 - 1

/** Audits the read models in one process at a time: those that operators request at once, and others a little at a time. */
export const auditRounds = (deps: AuditRounds, signal: AbortSignal): Promise<void> => {
  const { projections, audits, control, every, clock, random, onError } = deps

  const stateOf = async (name: string): Promise<AuditState> => {
    const record = (await audits.list()).find((one) => one.name === name)
    return record ? { open: record.open, ...(record.last && { last: record.last }) } : notAudited
  }

  /** Audits slices of a read model and saves what was found; a failure is a finding as well. */
  const audit = async (
    projection: AnyProjection,
    pace: Pace,
    { all, over }: { readonly all: boolean; readonly over: AbortSignal },
  ): Promise<void> => {
    const { name } = projection
    const before = await stateOf(name)
    const last = before.last && { last: before.last }
    let { open } = before
    // Half of the samples are of the slice of an open difference, so that it is found resolved.
    const opened = random() < 0.5 ? open[Math.floor(random() * open.length)] : undefined
    const chosen = opened ? hashOf(opened.key) : Math.floor(random() * 2 ** 32)
    let share = 0
    let savedAt = performance.now()
    let saving: Promise<void> = Promise.resolve()
    const moved = (position: bigint, head: bigint): void => {
      if (performance.now() - savedAt < progressEvery) return
      savedAt = performance.now()
      const running: AuditProgress = { position, head, share }
      saving = saving.then(() => audits.save(name, { ...last, open, running })).catch(onError)
    }
    const at = () => clock().toISOString()
    try {
      let findings: AuditFindings | undefined
      for (let slices: readonly AuditSlice[] = [wholeSlice]; slices.length > 0;) {
        const [slice = wholeSlice, ...others] = slices
        const one = await auditSlice(
          projection,
          { ...deps, ...pace, chosen, moved, signal: over },
          slice,
        )
        share += shareOf(one.slice)
        slices = all ? [...one.left.toReversed(), ...others] : []
        findings = findings ? mergedFindings(findings, one.findings) : one.findings
        const wasOpen = open
        open = openAfter(open, one, projection.fanOut !== undefined)
        for (const difference of open)
          if (!wasOpen.some(({ key }) => key === difference.key))
            deps.onDifference(name, difference)
        if (wasOpen.length > 0 && open.length === 0) deps.onResolved(name)
      }
      await saving
      if (findings)
        await audits.save(name, {
          open,
          last: {
            outcome: 'audited',
            at: at(),
            findings: { ...findings, isWhole: share === 1 },
          },
        })
    } catch (error) {
      await saving
      if (over.aborted) {
        await audits.save(name, { ...last, open }).catch(onError)
        throw error
      }
      const outcome = error instanceof Superseded ? 'superseded' : 'failed'
      // Other messages may quote documents.
      const isShown = error instanceof Superseded || error instanceof Unavailable
      const detail = isShown ? messageOf(error) : 'The log of Agora has the reason.'
      if (outcome === 'failed') onError(error)
      await audits.save(name, { open, last: { outcome, at: at(), detail } })
    }
  }

  const requested = async () => (await audits.list()).filter(({ request }) => request)

  const answerAll = async (over: AbortSignal): Promise<void> => {
    for (const { name, request } of await requested()) {
      const projection = projections.find((one) => one.name === name)
      if (projection && request) await audit(projection, asked, { all: request.all, over })
      if (request) await audits.answered(name, request)
    }
  }

  /** The read model whose last audit is the longest ago. */
  const next = async (): Promise<AnyProjection | undefined> => {
    const last = new Map(
      (await audits.list()).map((record) => [record.name, record.last?.at ?? '']),
    )
    return projections.toSorted((a, b) =>
      (last.get(a.name) ?? '') < (last.get(b.name) ?? '') ? -1 : 1,
    )[0]
  }

  return runUnderLease(
    'audit',
    signal,
    async (held) => {
      const requests = operatorRequests(control, held.signal, {
        concerns: async () => (await requested()).length > 0,
      })
      try {
        while (!held.signal.aborted && held.isHeld())
          if (requests.isPending()) {
            requests.answering()
            await answerAll(held.signal)
          } else
            await requests.unlessPending(async (over) => {
              await pause(every || longest, undefined, { signal: over })
              const projection = every > 0 ? await next() : undefined
              if (projection) await audit(projection, background, { all: false, over })
            })
      } catch (error) {
        if (!held.signal.aborted) throw error
      } finally {
        await requests.close()
      }
    },
    { leases: deps.leases, onError },
  )
}
