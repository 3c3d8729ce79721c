/**
 * Put among what a statement gives back, this lets its commit be answered before it is on disk (PostgreSQL manual, 29.4).
 * Only for what follows from the log, and is written in one transaction with the position that it is true at: when
 * PostgreSQL itself crashes, the last moments of it are folded from the log once more.
 */
export const asyncCommit = `set_config('synchronous_commit', 'off', true)`
