import type { Session } from '../../engines/postgres/database.ts'

/**
 * Returns the identity of the log of this PostgreSQL, for names in stores that several Agoras share: a new log has another
 * identity, also under an old `AGORA_SECRET`. It is the same in every process, and exists before the first event.
 * (`infra/postgres/185-log-identity.sql`)
 * @returns 16 characters, letters and digits
 * @throws Unavailable when PostgreSQL cannot be reached
 */
export const logIdentity = async (database: Session): Promise<string> => {
  await database.query('INSERT INTO agora.log_identity DEFAULT VALUES ON CONFLICT DO NOTHING')
  const [row] = await database.query<{ id: string }>('SELECT id FROM agora.log_identity')
  return row!.id.replaceAll('-', '').slice(0, 16)
}
