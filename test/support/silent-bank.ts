import pg from 'pg'

/**
 * Makes the payment simulator answer no request, until disposed of: what an order shows meanwhile lasts, and it can be
 * cancelled, on a busy machine as well.
 * @param postgresUrl of the Agora
 */
export const silentBank = async (postgresUrl: string): Promise<AsyncDisposable> => {
  const client = new pg.Client({ connectionString: postgresUrl })
  await client.connect()
  await client.query('BEGIN; LOCK TABLE agora.simulated_charges IN EXCLUSIVE MODE')
  // The lock ends with the connection.
  return { [Symbol.asyncDispose]: () => client.end() }
}
