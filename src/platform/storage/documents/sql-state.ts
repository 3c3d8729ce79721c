/** SQLSTATE of an error of PostgreSQL (manual, appendix A); undefined for other errors. */
export const sqlStateOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

/** Whether a statement failed because a table or view does not exist. */
export const isMissing = (error: unknown): boolean => sqlStateOf(error) === '42P01'
