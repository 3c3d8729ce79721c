/**
 * Expression for the results of a statement: its commit is acknowledged before it is on disk (PostgreSQL manual, 29.4). Only
 * for data that is folded from the log and written in one transaction with its checkpoint: after a crash of PostgreSQL, the
 * lost part is folded from the log again.
 */
export const asyncCommit = `set_config('synchronous_commit', 'off', true)`
