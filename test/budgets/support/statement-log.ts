/** A statement that PostgreSQL has executed, as its log reports it. */
export type LoggedStatement = {
  readonly text: string
  /** Its transaction, if that has changed something; only such a commit is written to the write-ahead log. */
  readonly transaction: string | undefined
}

/** Cost of some work in PostgreSQL. */
export type StatementCounts = {
  readonly statements: number
  /** Transactions that changed something. */
  readonly commits: number
  /** Transactions whose commit waited for the disk: an upper bound of the fsyncs. */
  readonly fsyncs: number
}

/**
 * Settings of a PostgreSQL whose statements are counted: each execution is logged on one line with its database and its
 * transaction (PostgreSQL manual, 19.8).
 */
export const loggedStatements = {
  log_min_duration_statement: '0',
  log_line_prefix: 'db=%d xid=%x ',
  log_parameter_max_length: '0',
  log_error_verbosity: 'terse',
} as const

const line = /^db=(\S*) xid=(\d+) LOG: {2}duration: \S+ ms {2}(?:statement|execute [^:]+): (.*)$/

/**
 * Collects the statements that are executed in one database.
 * @param database its name
 */
export const statementLog = (database: string) => {
  let statements: { text: string; xid: string }[] = []
  /** The last statement; its further lines are logged indented by a tab. */
  let last: { text: string; xid: string } | undefined

  return {
    /** @param logged a line that PostgreSQL has logged */
    take: (logged: string): void => {
      if (logged.startsWith('\t')) {
        if (last) last.text += `\n${logged.slice(1)}`
        return
      }
      const [, name, xid, text] = line.exec(logged) ?? []
      last = name === database && xid && text !== undefined ? { text, xid } : undefined
      if (last) statements.push(last)
    },
    /** Removes the statements so far. */
    clear: (): void => {
      statements = []
    },
    /** Returns the statements since the last `clear`, in the order in which they ended. */
    statements: (): readonly LoggedStatement[] =>
      statements
        .filter(({ text }) => !isHeartbeat(text))
        .map(({ text, xid }) => ({ text, transaction: xid === '0' ? undefined : xid })),
  }
}

/** Whether a statement is the heartbeat of a process, which is sent every few seconds independently of the work. */
const isHeartbeat = (text: string): boolean => text.startsWith('UPDATE agora.instances')

/** Whether the commit of a statement does not wait for the disk (`src/platform/engines/postgres`). */
const isAsynchronous = ({ text }: LoggedStatement): boolean =>
  text.includes("'synchronous_commit', 'off'")

/** Counts the statements of some work. */
export const countsOf = (statements: readonly LoggedStatement[]): StatementCounts => {
  const asynchronous = new Map<string, boolean>()
  for (const statement of statements)
    if (statement.transaction !== undefined)
      asynchronous.set(
        statement.transaction,
        isAsynchronous(statement) || (asynchronous.get(statement.transaction) ?? false),
      )
  const commits = asynchronous.size
  return {
    statements: statements.length,
    commits,
    fsyncs: commits - [...asynchronous.values()].filter(Boolean).length,
  }
}

/**
 * Lists the statements of some work by their first words, most frequent first: printed when a budget is exceeded.
 */
export const summaryOf = (statements: readonly LoggedStatement[]): string => {
  const groups = new Map<string, number>()
  for (const statement of statements) {
    const words = statement.text.replaceAll(/\s+/g, ' ').trim().slice(0, 110)
    const isRead = statement.transaction === undefined
    const kind = isRead ? 'reads' : isAsynchronous(statement) ? 'writes' : 'waits'
    const key = `${kind.padEnd(6)}  ${words}`
    groups.set(key, (groups.get(key) ?? 0) + 1)
  }
  return [...groups]
    .toSorted(([, a], [, b]) => b - a)
    .map(([key, count]) => `${String(count).padStart(5)} × ${key}`)
    .join('\n')
}
