import type { Writable } from 'node:stream'
import type { Client } from './client.ts'
import type { Screen } from './progress.ts'

/** Dependencies of every command: the client and the outputs. */
export type Session = {
  readonly client: Client
  /** Prints a line of the result to standard output. */
  readonly out: (line: string) => void
  /** Prints a message to standard error; not part of the result. */
  readonly info: (line: string) => void
  readonly stdout: Writable
  /** Asks for confirmation at the terminal. @throws BadUsage without a terminal */
  readonly confirm: (question: string) => Promise<boolean>
  /** Output for progress. */
  readonly screen: Screen
  /** Aborts the command. */
  readonly signal: AbortSignal
}

/** Prints a value as JSON, or as lines of text. */
export const print = (
  { out }: Pick<Session, 'out'>,
  json: boolean | undefined,
  value: object,
  lines: () => readonly string[],
): void => {
  if (json) out(JSON.stringify(value, null, 2))
  else lines().forEach(out)
}
