import { parseArgs } from 'node:util'
import { BadArguments } from '../support/bad-arguments.ts'

/** Options of a soak. */
export type Arguments = {
  /** Duration of the traffic, in ms. */
  readonly durationMs: number
  readonly seed: number
  /** Number of Agora's processes. */
  readonly processes: number
  /** Whether the roles have processes of their own, behind a gateway. */
  readonly isSplit: boolean
  /** Number of users who act all the while. */
  readonly people: number
  /** Actions per second of all of them together. */
  readonly rate: number
  /** Time between two faults, in ms; 0 for none. */
  readonly troubleEveryMs: number
  /** Base of the names of the written reports. */
  readonly report: string | undefined
}

export const help = `npm run soak -- --hours N: mixed traffic of all contexts with kills and outages, then the books are checked.

  --hours N          duration; fractions are allowed (default: 0.1)
  --minutes N        instead of --hours
  --seed N           seed of the actions and faults (default: by the clock; it is printed)
  --processes N      processes of Agora, all roles in each (default: 3)
  --split            a gateway, two api processes and two of sagas, jobs and projections instead
  --people N         users who act all the while (default: 12)
  --rate N           actions per second, of all of them (default: 8)
  --trouble-every N  seconds between two faults, 0 for none (default: 40)
  --report PATH      writes PATH.json and PATH.txt (default: soak-<time> in the folder for temporary files)

A PostgreSQL is started unless POSTGRES_URL is set to an empty database. The URLs of other stores (REDIS_URL, MONGO_URL,
ELASTICSEARCH_URL, EVENTSTORE_URL) are passed on, and so is AGORA_LEASE, for machines so busy that heartbeats are late. Ends with 1 if a book has a fault, or memory or a table grows.`

const numberOf = (name: string, text: string, { least = 0, whole = false } = {}): number => {
  const number = Number(text)
  if (text.trim() === '' || !Number.isFinite(number) || number < least)
    throw new BadArguments(`--${name} must be a number of at least ${least}, not ${text}`)
  if (whole && !Number.isInteger(number))
    throw new BadArguments(`--${name} must be an integer, not ${text}`)
  return number
}

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        hours: { type: 'string' },
        minutes: { type: 'string' },
        seed: { type: 'string' },
        processes: { type: 'string', default: '3' },
        split: { type: 'boolean', default: false },
        people: { type: 'string', default: '12' },
        rate: { type: 'string', default: '8' },
        'trouble-every': { type: 'string', default: '40' },
        report: { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new BadArguments(error instanceof Error ? error.message : String(error))
  }
}

/**
 * Parses the command line.
 * @param seed of a run that names none
 * @returns undefined when help is requested
 * @throws BadArguments when a flag is unknown or its value is invalid
 */
export const readArguments = (args: readonly string[], seed: number): Arguments | undefined => {
  const values = parse(args)
  if (values.help) return undefined
  const { hours, minutes } = values
  if (hours !== undefined && minutes !== undefined)
    throw new BadArguments('Give --hours or --minutes, not both')
  const duration =
    minutes === undefined
      ? numberOf('hours', hours ?? '0.1') * 3_600_000
      : numberOf('minutes', minutes) * 60_000
  const whole = { least: 1, whole: true }
  return {
    durationMs: Math.round(duration),
    seed: values.seed === undefined ? seed : numberOf('seed', values.seed, { whole: true }),
    processes: numberOf('processes', values.processes, whole),
    isSplit: values.split,
    people: numberOf('people', values.people, { least: 4, whole: true }),
    rate: numberOf('rate', values.rate, { least: 0.1 }),
    troubleEveryMs: numberOf('trouble-every', values['trouble-every']) * 1_000,
    report: values.report,
  }
}
