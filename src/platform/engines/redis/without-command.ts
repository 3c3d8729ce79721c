/**
 * Removes the failed command from an error of a Redis client and its causes: its arguments may be passwords or personal data.
 * @returns the same error
 */
export const withoutCommand = (error: unknown): unknown => {
  if (error instanceof Error) {
    if ('command' in error) Reflect.deleteProperty(error, 'command')
    withoutCommand(error.cause)
  }
  return error
}
