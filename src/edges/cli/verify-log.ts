import { InvalidArgumentError, type Command } from 'commander'
import type { KnownDigest, LogFault, Span, Verification } from '../../runtime/verification.ts'
import { Failed } from './failure.ts'
import { showProgress } from './progress.ts'
import { print, type Session } from './session.ts'
import { formatCount, formatDuration, plural } from './wording.ts'

/** Verifies the log of this Agora (POSTGRES_URL, EVENTSTORE_URL, or AGORA_DATA). */
export type VerifyLogHere = (options: {
  readonly from: KnownDigest | undefined
  readonly known: readonly KnownDigest[]
  /** Public keys that are accepted besides the one of this Agora, base64url. */
  readonly keys: readonly string[]
  readonly show: (advance: {
    readonly position: bigint
    readonly head: bigint
    readonly read: number
  }) => void
  readonly signal: AbortSignal
}) => Promise<Verification & { readonly label: string }>

/** Options of `agora verify-log`. */
type VerifyLogCommand = {
  readonly from?: KnownDigest
  readonly expect?: readonly KnownDigest[]
  readonly key?: readonly string[]
  readonly json?: true
}

const knownDigest = (text: string): KnownDigest => {
  const [, position = '', digest = ''] = /^(\d{1,18}):([0-9a-f]{64})$/i.exec(text) ?? []
  if (!digest) throw new InvalidArgumentError('It must be <position>:<64 hexadecimal digits>.')
  return { position: BigInt(position), digest: digest.toLowerCase() }
}

const publicKey = (text: string): string => {
  if (!/^[\w-]{43}$/.test(text))
    throw new InvalidArgumentError('It must be the field "x" of a public key, 43 characters.')
  return text
}

const spanOf = ({ first, last }: Span): string =>
  first === last ? formatCount(first) : `${formatCount(first)} to ${formatCount(last)}`

/** The sentence about a fault. */
const sentenceOf = (fault: LogFault): string => {
  switch (fault.kind) {
    case 'changed': {
      const { event, slice } = fault
      return event
        ? `The event at position ${formatCount(event.position)} is not the one that was recorded: ${event.stream}, revision ${event.revision}, ${event.type} (in the slice ${spanOf(slice)}).`
        : `An event up to position ${formatCount(slice.last)} is not the one that was recorded; which one cannot be told.`
    }
    case 'missing':
      return fault.positions
        ? `Removed from the log: position ${spanOf(fault.positions)}.`
        : `Events were removed from the slice up to position ${formatCount(fault.slice.last)}.`
    case 'unexpected': {
      const { event } = fault
      return `The event at position ${formatCount(event.position)} was put into the log: ${event.stream}, revision ${event.revision}, ${event.type}.`
    }
    case 'truncated':
      return `The log ends at position ${formatCount(fault.end)}; events were recorded up to ${formatCount(fault.expected)}.`
    case 'entry':
      return `The entry of the chain at position ${formatCount(fault.position)} is wrong: ${fault.reason}.`
    case 'known':
      return fault.found === undefined
        ? `No event has position ${formatCount(fault.position)}, of which --expect has a digest.`
        : `The digest at position ${formatCount(fault.position)} is ${fault.found}, not ${fault.digest} as expected.`
  }
}

const bigintsAsTexts = (value: object): object =>
  JSON.parse(
    JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one)),
  ) as object

const signaturesOf = ({ signatures: { valid, unchecked } }: Verification): string => {
  if (valid > 0)
    return `${plural(valid, 'signature')} of the chain ${valid === 1 ? 'is' : 'are'} valid.`
  return unchecked > 0
    ? 'Signatures were not checked, as the secret of this Agora is not here (AGORA_SECRET, or the file "secret" in AGORA_DATA): whoever can write the database could have computed the chain anew.'
    : 'There is no chain yet: a process with the role "jobs" extends it (LOG_DIGEST_EVERY).'
}

/**
 * `agora verify-log`: computes the digests of the log, and compares them with the chain.
 * @throws Failed when something differs
 */
const verifyLogCommand = async (
  session: Session,
  { from, expect = [], key = [], json }: VerifyLogCommand,
  verify: VerifyLogHere,
): Promise<void> => {
  const { info, screen, signal } = session
  const progress = showProgress(screen, 'Verifying')
  const started = performance.now()
  const first = from?.position ?? 0n
  const { label, ...found } = await verify({
    from,
    known: expect,
    keys: key,
    show: ({ position, head, read }) =>
      progress.show({
        done: Number(position - first),
        total: Number(head - first),
        events: read,
      }),
    signal,
  }).finally(progress.end)
  const { end, read, unchained, faults } = found
  info(
    `${plural(read, 'event')} of the log in ${label} read in ${formatDuration((performance.now() - started) / 1_000)}.`,
  )
  info(signaturesOf(found))
  if (unchained > 0 && found.chained !== undefined)
    info(`${plural(unchained, 'event')} at the end are not in the chain yet.`)
  print(session, json, bigintsAsTexts(found), () => [
    ...faults.map(sentenceOf),
    ...(faults.length === 0 ? [`${end.position}:${end.digest}`] : []),
  ])
  if (faults.length > 0)
    throw new Failed('The log is not as it was recorded; keep it as it is for an investigation.')
}

/** Adds `agora verify-log`. */
export const addVerifyLog = (
  program: Command,
  { session, verify }: { readonly session: () => Session; readonly verify: VerifyLogHere },
): void => {
  const more =
    <T>(parse: (text: string) => T) =>
    (text: string, before: readonly T[] = []): readonly T[] => [...before, parse(text)]
  program
    .command('verify-log')
    .description(
      'verify that no event was changed, removed or put into the log since it was recorded; exits with 1 on a difference',
    )
    .option(
      '--expect <position:digest>',
      'a digest that was published; may be repeated',
      more(knownDigest),
    )
    .option('--from <position:digest>', 'begin after a digest that you trust', knownDigest)
    .option(
      '--key <x>',
      'a public key that is accepted besides the one of this Agora, as after a change of AGORA_SECRET; may be repeated',
      more(publicKey),
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nReads the log of POSTGRES_URL, EVENTSTORE_URL or AGORA_DATA from its beginning, and prints <position>:<digest> of its end.\nGET /observability/log-digests publishes such digests: store them where nobody can change both.',
    )
    .action((options: VerifyLogCommand) => verifyLogCommand(session(), options, verify))
}
