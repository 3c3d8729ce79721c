/** The SQLSTATE of an error that PostgreSQL answered with (manual, appendix A); none for other errors. */
export const sqlStateOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

/** Whether a statement failed because a table or view is not there. */
export const isMissing = (error: unknown): boolean => sqlStateOf(error) === '42P01'
