import type { Message } from '#kernel'
import type {
  CommandDifference,
  DifferenceKind,
  DifferenceSample,
  EndDifference,
  MoneyDifference,
  PolicyReport,
  StockDifference,
  SumDifference,
} from './report.ts'

/** Bounds of a report: groups of each kind, samples in one, products, and problems. */
const bounds = { groups: 500, samples: 5, streams: 20, products: 100, problems: 20 }

/** A command whose outcome differs. */
export type Differing = Pick<CommandDifference, 'to' | 'command' | 'kind' | 'because'> & {
  readonly reason?: string | undefined
  readonly sample: DifferenceSample
}

/** A run that was run again: its recorded commands that it does not send, and the others that it sends. */
type RunSteps = { readonly notSent: readonly Sent[]; readonly sent: readonly Sent[] }
type Sent = { readonly to: string; readonly type: string }

/** A number in both worlds. */
type Both = { readonly recorded: number; readonly changed: number }

/** Returns the value of a key, made where there is none; undefined beyond the bound of groups. */
const entryOf = <T>(entries: Map<string, T>, key: string, make: () => T): T | undefined => {
  const known = entries.get(key)
  if (known !== undefined || entries.size >= bounds.groups) return known
  const made = make()
  entries.set(key, made)
  return made
}

const differenceOf = ({ recorded, changed }: Both): Both & { readonly difference: number } => ({
  recorded,
  changed,
  difference: changed - recorded,
})

const keyOf = (...parts: readonly string[]): string => parts.join('\u0000')

/** Counts what differs, in bounded memory. */
export const policyTally = () => {
  const counts = { decided: 0, same: 0, ambiguous: 0, assumed: 0, problems: 0 }
  const differences = new Map<
    string,
    Omit<Differing, 'sample'> & { count: number; readonly samples: DifferenceSample[] }
  >()
  const unknown = new Map<string, { to: string; events: string; count: number }>()
  const runs = new Map<
    string,
    {
      runs: number
      differing: number
      readonly commands: Map<string, { to: string; command: string; notSent: number; sent: number }>
    }
  >()
  const ends = new Map<
    string,
    Omit<EndDifference, 'samples'> & { count: number; samples: string[] }
  >()
  const money = new Map<
    string,
    { name: string; currency: string; recorded: number; changed: number }
  >()
  const pieces = new Map<string, { name: string; recorded: number; changed: number }>()
  let stock: StockDifference[] = []
  const problems: string[] = []

  const runsOf = (saga: string) =>
    entryOf(runs, saga, () => ({ runs: 0, differing: 0, commands: new Map() }))

  const bySize = <T extends SumDifference>(some: readonly T[]): readonly T[] =>
    some.toSorted((a, b) => Math.abs(b.difference) - Math.abs(a.difference))

  return {
    decided: (isSame: boolean): void => {
      counts.decided += 1
      if (isSame) counts.same += 1
    },
    ambiguous: (): void => void (counts.ambiguous += 1),
    assumed: (): void => void (counts.assumed += 1),
    unknown: (to: string, events: readonly Message[]): void => {
      const types = events.map(({ type }) => type).join(', ')
      const entry = entryOf(unknown, keyOf(to, types), () => ({ to, events: types, count: 0 }))
      if (entry) entry.count += 1
    },
    differs: ({ sample, ...differing }: Differing): void => {
      const { to, command, kind, because, reason = '' } = differing
      const entry = entryOf(differences, keyOf(to, command, kind, because, reason), () => ({
        ...differing,
        count: 0,
        samples: [],
      }))
      if (!entry) return
      entry.count += 1
      if (entry.samples.length < bounds.samples) entry.samples.push(sample)
    },
    run: (saga: string): void => {
      const entry = runsOf(saga)
      if (entry) entry.runs += 1
    },
    runDiffers: (saga: string, isFirst: boolean, { notSent, sent }: RunSteps): void => {
      const entry = runsOf(saga)
      if (!entry) return
      if (isFirst) entry.differing += 1
      const count = (what: 'notSent' | 'sent') => (step: Sent) => {
        const { to, type: command } = step
        const found = entryOf(entry.commands, keyOf(to, command), () => ({
          to,
          command,
          notSent: 0,
          sent: 0,
        }))
        if (found) found[what] += 1
      }
      notSent.forEach(count('notSent'))
      sent.forEach(count('sent'))
    },
    end: (category: string, recorded: string, changed: string, stream: string): void => {
      const entry = entryOf(ends, keyOf(category, recorded, changed), () => ({
        category,
        recorded,
        changed,
        count: 0,
        samples: [],
      }))
      if (!entry) return
      entry.count += 1
      if (entry.samples.length < bounds.streams) entry.samples.push(stream)
    },
    money: (name: string, currency: string, { recorded, changed }: Both): void => {
      const entry = entryOf(money, keyOf(name, currency), () => ({
        name,
        currency,
        recorded: 0,
        changed: 0,
      }))
      if (!entry) return
      entry.recorded += recorded
      entry.changed += changed
    },
    pieces: (name: string, stream: string, both: Both): void => {
      const entry = entryOf(pieces, name, () => ({ name, recorded: 0, changed: 0 }))
      if (entry) {
        entry.recorded += both.recorded
        entry.changed += both.changed
      }
      stock.push({ name, stream, ...differenceOf(both) })
      if (stock.length > 2 * bounds.products) stock = bySize(stock).slice(0, bounds.products)
    },
    problem: (sentence: string): void => {
      counts.problems += 1
      if (problems.length < bounds.problems) problems.push(sentence)
    },
    /** Returns the parts of a report that were counted. */
    report: (): Pick<
      PolicyReport,
      | 'commands'
      | 'differences'
      | 'runs'
      | 'ends'
      | 'money'
      | 'stock'
      | 'pieces'
      | 'problems'
      | 'problemCount'
    > => {
      const byCount = <T extends { readonly count: number }>(some: Iterable<T>): readonly T[] =>
        [...some].toSorted((a, b) => b.count - a.count)
      const { problems: problemCount, ...commands } = counts
      return {
        commands: { ...commands, unknown: byCount(unknown.values()) },
        differences: byCount(differences.values()).map(({ reason, ...rest }) => ({
          ...rest,
          ...(reason !== undefined && { reason }),
        })),
        runs: [...runs].map(([saga, { commands: steps, ...numbers }]) => ({
          saga,
          ...numbers,
          commands: [...steps.values()],
        })),
        ends: byCount(ends.values()),
        money: [...money.values()]
          .map(({ name, currency, ...both }): MoneyDifference => ({
            name,
            currency,
            ...differenceOf(both),
          }))
          .filter(({ difference }) => difference !== 0),
        stock: bySize(stock).slice(0, bounds.products),
        pieces: [...pieces.values()].map(({ name, ...both }) => ({ name, ...differenceOf(both) })),
        problems,
        problemCount,
      }
    },
  }
}

/** Counts of what differs. */
export type PolicyTally = ReturnType<typeof policyTally>

/** Returns the kind of a difference between two answers; undefined where both are the same kind of answer. */
export const kindOf = (
  recorded: 'events' | 'refused',
  changed: 'events' | 'refused',
): DifferenceKind => {
  if (recorded === changed) return recorded === 'events' ? 'otherEvents' : 'otherReason'
  return changed === 'refused' ? 'refused' : 'accepted'
}
