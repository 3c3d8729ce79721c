import { catalogue, declarationOf, type RecordedEvent } from '#kernel'
import { messageOf } from '#kernel/error-message'
import { nearestName } from '#kernel/nearest-name'
import { readConfig } from '../config.ts'
import { deciders } from '../domains/index.ts'
import { BadUsage, Failed } from '../edges/cli/failure.ts'
import type { Rules, TryRules } from '../edges/cli/try-rules.ts'
import { secretsFrom } from '../platform/security/keys/secrets.ts'
import { postgresPersonalKeys } from '../platform/security/personal/postgres.ts'
import { encryptingLog } from '../platform/storage/event-log/encrypting-log.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { spanOf } from '../platform/storage/event-log/range-search.ts'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import { sqliteScratch } from '../platform/storage/scratch/sqlite.ts'
import { countEnds, triedDeciders } from '../runtime/what-if/ends.ts'
import { limitsOf } from '../runtime/what-if/limits.ts'
import { policyTally } from '../runtime/what-if/tally.ts'
import { policyTrial } from '../runtime/what-if/trial.ts'
import { sagas } from '../sagas/index.ts'
import { databaseHere, recordedLogHere, secretHere, type Env } from './log-here.ts'
import { declaredEvents } from './masked-log.ts'
import type { postgresHere } from './postgres-here.ts'
import { assumedAnswers } from './what-if-answers.ts'
import { measures } from './what-if-measures.ts'

/** Number of events in a page of the log. */
const pageSize = 1_000

/** The log, unmasked, for reading. */
type ReadableLog = Pick<EventLog, 'read' | 'readAll' | 'head' | 'streams' | 'dense' | 'byTime'>

/** Opens the log with its personal data, where the secret of this Agora is here. */
const openLog = async (
  where: Parameters<typeof postgresHere>[0],
  env: Env,
  parts: AsyncDisposableStack,
): Promise<{ readonly log: ReadableLog; readonly isDecrypted: boolean }> => {
  const database = await databaseHere(where, parts)
  try {
    const raw = await recordedLogHere(env, database, parts)
    await raw.head()
    const secret = await secretHere(env, where.folder)
    const known = declaredEvents()
    if (!secret) return { log: validatingLog(raw, known), isDecrypted: false }
    const keys = parts.adopt(
      await postgresPersonalKeys(database, { secret: secretsFrom(secret)('personal-keys') }),
      (it) => it.close(),
    )
    return {
      log: validatingLog(encryptingLog(raw, { catalogue: known, keys }), known),
      isDecrypted: true,
    }
  } catch (error) {
    throw new Failed(
      `The log cannot be read: ${messageOf(error)}. Check POSTGRES_URL and EVENTSTORE_URL, and that Agora has been started on it.`,
      { cause: error },
    )
  }
}

const installedSagas = (env: Env) => {
  try {
    return sagas(readConfig(env))
  } catch (error) {
    throw new Failed(messageOf(error), { cause: error })
  }
}

type Named = { readonly name: string }

/**
 * Returns the rules of a file that differ from the installed ones.
 * @throws Failed when one has a name that none of its kind has, or none differs
 */
const changedIn = <T extends Named>(
  kind: string,
  { file }: Pick<Rules, 'file'>,
  tried: readonly T[],
  installed: readonly T[],
): readonly T[] => {
  const names = new Map(installed.map((one) => [one.name, one]))
  for (const { name } of tried) {
    if (names.has(name)) continue
    const near = nearestName(name, names.keys())
    throw new Failed(
      `${file} exports the ${kind} "${name}", and no ${kind} of Agora has that name. ${near === undefined ? `There are ${[...names.keys()].toSorted().join(', ')}.` : `Did you mean "${near}"?`}`,
    )
  }
  return tried.filter((one) => names.get(one.name) !== one)
}

const checkCategories = (categories: readonly string[] | undefined, known: readonly Named[]) => {
  const names = new Set(known.map(({ name }) => name))
  const wrong = categories?.find((name) => !names.has(name))
  if (wrong === undefined) return
  const near = nearestName(wrong, names)
  throw new BadUsage(
    `There is no category "${wrong}". ${near === undefined ? `There are ${[...names].toSorted().join(', ')}.` : `Did you mean "${near}"?`}`,
  )
}

async function* pagesOf(
  log: Pick<EventLog, 'readAll'>,
  {
    after,
    last,
    categories,
  }: {
    readonly after: bigint
    readonly last: bigint
    readonly categories: readonly string[] | undefined
  },
): AsyncGenerator<{ readonly events: readonly RecordedEvent[]; readonly position: bigint }> {
  const read = (from: bigint) => {
    const page = log.readAll({ after: from, limit: pageSize, ...(categories && { categories }) })
    // Awaited later, if at all.
    page.catch(() => undefined)
    return page
  }
  let next = last > after ? read(after) : undefined
  while (next) {
    const { events, position, caughtUp } = await next
    next = caughtUp || position >= last ? undefined : read(position)
    yield { events: events.filter((event) => event.position <= last), position }
  }
}

/**
 * Tries rules on the log of this Agora.
 * @param where its PostgreSQL
 * @param env its environment variables
 */
export const tryRulesHere =
  (where: Parameters<typeof postgresHere>[0], env: Env): TryRules =>
  async ({ rules, ends, categories, explain, show, signal }) => {
    const installed = { deciders, sagas: installedSagas(env) }
    const changed = {
      deciders: changedIn('decider', rules, rules.deciders, installed.deciders),
      sagas: changedIn('saga', rules, rules.sagas, installed.sagas),
      ...(rules.commandOf && { commandOf: rules.commandOf }),
    }
    if (changed.deciders.length === 0 && changed.sagas.length === 0)
      throw new Failed(`${rules.file} exports the installed rules only; change one of them.`)
    checkCategories(categories, [...installed.deciders, ...installed.sagas])
    await using parts = new AsyncDisposableStack()
    const { log, isDecrypted } = await openLog(where, env, parts)
    if (!log.byTime && (ends.fromTime !== undefined || ends.untilTime !== undefined))
      throw new BadUsage(
        'A log in EventStoreDB has no index by time; give --from and --to as positions.',
      )
    const head = await log.head()
    const { after, before } = await spanOf(log, ends)
    const last = before === undefined || before > head ? head : before - 1n

    const names = new Map(changed.sagas.map((saga) => [saga.name, saga]))
    const events = catalogue([
      ...triedDeciders(installed.deciders, changed.deciders),
      ...installed.sagas.map((saga) => declarationOf(names.get(saga.name) ?? saga)),
    ])
    const tally = policyTally()
    const scratch = parts.adopt(sqliteScratch(), (it) => it.close())
    const trial = policyTrial({
      log,
      installed,
      changed,
      catalogue: events,
      scratch,
      tally,
      last,
      answersTo: assumedAnswers,
      explain,
    })
    for await (const page of pagesOf(log, { after, last, categories })) {
      signal.throwIfAborted()
      await trial.take(page.events)
      show({
        done: Number(page.position - after),
        total: Number(last - after),
        events: trial.events(),
      })
    }
    countEnds(await trial.finish(), { measures, catalogue: events, tally })
    const counted = tally.report()
    return {
      deciders: changed.deciders.map(({ name }) => name),
      sagas: changed.sagas.map(({ name }) => name),
      range: { from: String(after + 1n), to: String(last), ...(categories && { categories }) },
      events: trial.events(),
      ...counted,
      limits: limitsOf({ categories, isDecrypted, assumed: counted.commands.assumed }),
    }
  }
