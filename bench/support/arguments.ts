import { parseArgs } from 'node:util'
import { BadArguments } from '../../test/support/bad-arguments.ts'
import { isLogName, parts, type LogName, type Part } from '../parts.ts'

/** Options of the bench. */
export type Arguments = {
  readonly log: LogName
  readonly parts: readonly Part[]
  readonly quick: boolean
  readonly profile: boolean
  /** A git ref whose version is measured beside the present one. */
  readonly compare: string | undefined
  /** Number of rounds of a comparison. */
  readonly rounds: number
}

const defaultRounds = 3

/**
 * Parses the command line.
 * @param args the command line
 * @returns undefined when help is requested
 * @throws BadArguments when a flag, part or log is unknown
 */
export const readArguments = (args: readonly string[]): Arguments | undefined => {
  const { values } = parse(args)
  if (values.help) return undefined
  const { log, quick, profile, compare } = values
  if (!isLogName(log))
    throw new BadArguments(`There is no log ${log}; the logs are ${Object.keys(parts).join(', ')}`)
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new BadArguments(`--rounds must be an integer of at least 1, not ${values.rounds}`)
  return { log, parts: chosen(log, values.only, values.peers), quick, profile, compare, rounds }
}

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        log: { type: 'string', default: 'postgres' },
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        profile: { type: 'boolean', default: false },
        peers: { type: 'boolean', default: false },
        compare: { type: 'string' },
        rounds: { type: 'string', default: String(defaultRounds) },
      },
    })
  } catch (error) {
    throw new BadArguments(error instanceof Error ? error.message : String(error))
  }
}

/** Selects parts by name; `--peers` alone selects only that part. */
const chosen = (log: LogName, only: string | undefined, peers: boolean): readonly Part[] => {
  const known = parts[log].map(({ name }) => name)
  const usual = parts[log].filter(({ flag }) => flag === undefined).map(({ name }) => name)
  const named = only?.split(',') ?? (peers ? [] : usual)
  const names = peers ? [...named, 'peers'] : named
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new BadArguments(
      `There is no part ${unknown.join(', ')}; the parts are ${known.join(', ')}`,
    )
  return parts[log].filter(({ name }) => names.includes(name))
}

const wrapped = (text: string, indent: number, width = 110): string => {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!
    if (last.length + word.length + 1 > width - indent) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}

/** Text of `--help`: flags, columns, and each part with the meaning of its rows. */
export const help = (): string => {
  const about = (log: LogName) =>
    parts[log].flatMap(({ name, title, rows, flag }) => [
      `  ${name.padEnd(12)} ${title}${flag ? ` (only with --${flag})` : ''}`,
      ...rows.map((row) => `      - ${wrapped(row, 8)}`),
    ])
  return [
    'npm run bench -- [flags]: measures Agora beside references in the same run',
    '',
    '  --only http,execute  only these parts',
    '  --quick              shorter, to see that it works; the figures are not reliable',
    '  --profile            writes CPU profiles beside the result, and prints the functions that took most time',
    '  --log eventstoredb   the log behind our EventStoreDB endpoint, beside the log in PostgreSQL',
    '  --peers              other event stores beside Agora; installs them into bench/peers/node_modules first',
    '  --compare <git ref>  runs the parts on src of that ref and on the present one in turn, and prints ratios',
    `  --rounds <n>         rounds of a comparison; default ${defaultRounds}`,
    '',
    'Columns: figure; reference, measured in the same run; ratio of the two (of several rounds the median of the',
    'ratios within a round); CPU time of one operation in µs: of the server process (or the process that executes',
    'the commands), of PostgreSQL, and of the load generator where that is a process of its own; goal, and whether it',
    'was met. Rounds in which other programs took more than 0.2 of a core are repeated, up to twice as many in all.',
    '',
    'Parts:',
    ...about('postgres'),
    '',
    'Parts with --log eventstoredb:',
    ...about('eventstoredb'),
  ].join('\n')
}
