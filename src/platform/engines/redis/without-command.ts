/**
 * What a client of Redis throws, without the command that failed: its arguments may be a password, or somebody's data.
 * @returns the same error
 */
export const withoutCommand = (error: unknown): unknown => {
  if (error instanceof Error) {
    if ('command' in error) Reflect.deleteProperty(error, 'command')
    withoutCommand(error.cause)
  }
  return error
}
