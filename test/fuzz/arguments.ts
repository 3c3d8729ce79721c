import { parseArgs } from 'node:util'
import { messageOf } from '#kernel/error-message'
import { BadArguments } from '../support/bad-arguments.ts'
import { isPartName, partNames, type PartName } from './parts.ts'

/** Options of the fuzz. */
export type Arguments = {
  /** Number of requests of HTTP; the other parts send a share of it. */
  readonly requests: number
  readonly seed: number
  readonly parts: readonly PartName[]
}

const defaultRequests = 20_000

const numberIn = (name: string, text: string, least: number): number => {
  const number = Number(text)
  if (!Number.isInteger(number) || number < least || number > 2 ** 31 - 1)
    throw new BadArguments(`--${name} must be an integer of at least ${least}, not ${text}`)
  return number
}

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        requests: { type: 'string', default: String(defaultRequests) },
        seed: { type: 'string' },
        only: { type: 'string', default: partNames.join(',') },
      },
    }).values
  } catch (error) {
    throw new BadArguments(messageOf(error))
  }
}

/**
 * Parses the command line.
 * @param args the command line
 * @param anySeed the seed, unless one is given
 * @returns undefined when help is requested
 * @throws BadArguments when a flag, number or part is unknown
 */
export const readArguments = (args: readonly string[], anySeed: number): Arguments | undefined => {
  const { help: isHelp, requests, seed, only } = parse(args)
  if (isHelp) return undefined
  const parts = only.split(',').map((name) => {
    if (isPartName(name)) return name
    throw new BadArguments(`There is no part ${name}; the parts are ${partNames.join(', ')}`)
  })
  return {
    requests: numberIn('requests', requests, 1),
    seed: seed === undefined ? anySeed : numberIn('seed', seed, 0),
    parts,
  }
}

/** Text of `--help`. */
export const help = `npm run fuzz -- [flags]: sends Agora valid and hostile requests, and reports what it must never answer

  --requests <n>   requests of HTTP; default ${defaultRequests}. Sockets, gRPC and the EventStoreDB endpoint are sent a fifth of it each
  --seed <n>       sends the requests of an earlier run again; default: a new one, which is printed
  --only <parts>   of ${partNames.join(', ')}; default: all

Faults: a 5xx that is no declared outage, no answer within 30 s, UNKNOWN or INTERNAL of gRPC, an answer that differs from its declaration, an error in
the log, a process that ended, a door open to a role or to a stranger, memory that grows. Exit code 1 when there is one.`
