import { isBad, type Rule } from './rules.ts'

/** A measured value. */
export type Measurement = {
  /** Name of the rule that it is for. */
  readonly rule: string
  /** What is measured: a read model, a store, a process; `all` where there is one. */
  readonly subject: string
  readonly value: number
}

/** Time after which an alert is resolved whose subject nothing measures any more, in ms. */
export const forgottenAfter = 30 * 60_000

/** A rule and a subject. */
export type Concern = Pick<Measurement, 'rule' | 'subject'>

/** Identifies a rule and a subject. */
const keyOf = ({ rule, subject }: Concern): string => `${rule} ${subject}`

/** Times since which values contradict the present state of their alerts, in ms, by `keyOf`. */
export type Contradictions = ReadonlyMap<string, number>

/** What follows from measurements. */
export type Verdict = {
  readonly raises: readonly Measurement[]
  readonly resolves: readonly Concern[]
  readonly contradictions: Contradictions
}

/**
 * Evaluates rules: an alert is raised once its value was bad in each evaluation for the time of its rule, and resolved once
 * it was good for the quiet time of its rule. A value that flaps changes nothing. One that is no longer measured is good by
 * rules that measure all that is bad; by others, the process that measured it may have vanished, and its alert is resolved
 * after half an hour only.
 * @param raised alerts that are raised now
 * @param earlier `contradictions` of the last evaluation
 * @param now ms
 */
export const evaluate = (
  rules: readonly Rule[],
  measurements: readonly Measurement[],
  raised: readonly Concern[],
  earlier: Contradictions,
  now: number,
): Verdict => {
  const raises: Measurement[] = []
  const resolves: Concern[] = []
  const contradictions = new Map<string, number>()
  const open = new Set(raised.map(keyOf))

  /** Whether a contradiction has lasted for some time; otherwise it is remembered. */
  const lasts = (key: string, time: number): boolean => {
    const since = earlier.get(key) ?? now
    if (now - since >= time) return true
    contradictions.set(key, since)
    return false
  }

  for (const rule of rules) {
    const bad = new Set<string>()
    const good = new Set<string>()
    for (const measurement of measurements) {
      if (measurement.rule !== rule.name) continue
      const key = keyOf(measurement)
      if (!isBad(rule, measurement.value)) {
        good.add(key)
        continue
      }
      bad.add(key)
      if (!open.has(key) && lasts(key, rule.for)) raises.push(measurement)
    }
    for (const concern of raised) {
      const key = keyOf(concern)
      if (concern.rule !== rule.name || bad.has(key)) continue
      const isGood = good.has(key) || rule.unmeasured === 'good'
      if (isGood ? lasts(key, rule.quiet) : lasts(`unmeasured ${key}`, forgottenAfter))
        resolves.push(concern)
    }
  }
  // Rules that are no longer declared.
  const names = new Set(rules.map(({ name }) => name))
  resolves.push(...raised.filter(({ rule }) => !names.has(rule)))
  return { raises, resolves, contradictions }
}
