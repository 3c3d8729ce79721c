import { expect } from 'vitest'
import type { Database } from '../../src/platform/engines/postgres/database.ts'

/**
 * Notes how each transaction that changes a table commits from now on, in a database where commits wait for the disk.
 * @param table its name
 * @returns what `synchronous_commit` was, in order
 */
export const watchCommits = async (
  database: Database,
  table: string,
): Promise<() => Promise<readonly string[]>> => {
  // Where none waits, the two kinds of commits cannot be distinguished.
  const usual = await database.query('SHOW synchronous_commit')
  expect(usual).toStrictEqual([{ synchronous_commit: 'on' }])
  await database.query('CREATE TABLE commits (nth serial, waited text)')
  await database.query(`
    CREATE FUNCTION note_commit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO commits (waited) VALUES (current_setting('synchronous_commit'));
      RETURN NULL;
    END $$`)
  // Deferred: it runs when the transaction is about to commit.
  await database.query(`
    CREATE CONSTRAINT TRIGGER noted AFTER INSERT OR UPDATE ON ${table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_commit()`)
  return async () => {
    const rows = await database.query<{ waited: string }>('SELECT waited FROM commits ORDER BY nth')
    return rows.map(({ waited }) => waited)
  }
}
