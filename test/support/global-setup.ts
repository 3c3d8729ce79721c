import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL where tests may make databases of their own. */
    postgresUrl: string
  }
}

/** Brings up one PostgreSQL for the whole run. */
export default async ({ provide }: TestProject) => {
  provide('postgresUrl', process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres')
}
