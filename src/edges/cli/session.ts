import type { Writable } from 'node:stream'
import type { Client } from './client.ts'
import type { Screen } from './progress.ts'

/** What every command is handed: whom to ask, and where to say what came of it. */
export type Session = {
  readonly client: Client
  /** The result, a line each; for people or, with `--json`, for programs. */
  readonly out: (line: string) => void
  /** What goes on, a line each; not part of the result. */
  readonly say: (line: string) => void
  readonly stdout: Writable
  /** Asks a person, if one is there, whether to go on. */
  readonly confirm: (question: string) => Promise<boolean>
  /** Where progress is shown. */
  readonly screen: Screen
  /** Ends the command early. */
  readonly signal: AbortSignal
}

/** Prints a value for programs, or its lines for people. */
export const print = (
  { out }: Pick<Session, 'out'>,
  json: boolean | undefined,
  value: object,
  lines: () => readonly string[],
): void => {
  if (json) out(JSON.stringify(value, null, 2))
  else lines().forEach(out)
}
