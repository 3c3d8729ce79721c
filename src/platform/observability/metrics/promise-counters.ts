import { Counter, type Registry } from '@prometheus-io/client'
import type { Promised } from '../reports/port.ts'

const helps: Readonly<Record<Promised, string>> = {
  events:
    'Events that read models have taken in, by whether they did in the time that they promise',
  reads: 'Reads of read models, by whether the documents were as fresh as they promise',
}

/** Adds counters of what met the promises of read models, and of what missed them. @returns counts further ones */
export const promiseCounters = (registers: Registry[]) => {
  const counterOf = (of: Promised) =>
    new Counter({
      name: `agora_projection_${of}_total`,
      help: helps[of],
      labelNames: ['projection', 'promise'],
      registers,
    })
  const counters = { events: counterOf('events'), reads: counterOf('reads') }
  const known = new Map<string, readonly ((by: number) => void)[]>()
  /** Both counters of a read model: the share is known from the first scrape on. */
  const pairOf = (name: string, of: Promised) => {
    const key = `${of} ${name}`
    let pair = known.get(key)
    if (!pair) {
      pair = ['met', 'missed'].map((promise) => {
        const counter = counters[of].labels(name, promise)
        counter.inc(0)
        return (by) => counter.inc(by)
      })
      known.set(key, pair)
    }
    return pair
  }
  return (name: string, of: Promised, met: number, missed: number): void => {
    const [addMet, addMissed] = pairOf(name, of)
    if (met > 0) addMet?.(met)
    if (missed > 0) addMissed?.(missed)
  }
}
