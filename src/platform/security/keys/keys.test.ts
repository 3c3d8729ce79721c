import { generateKeyPairSync } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { keysConformance } from './conformance.ts'
import { memoryKeys } from './memory.ts'
import { openKeys } from './open-keys.ts'
import { WrongSecret, type SigningKeys } from './port.ts'
import { postgresKeys } from './postgres.ts'
import { secretFile } from './secret-file.ts'
import { signingKey } from './signing-key.ts'

keysConformance('memory', async () => {
  let keys: SigningKeys | undefined
  return {
    open: async (options) => (keys ??= memoryKeys(options)),
    [Symbol.asyncDispose]: async () => undefined,
  }
})

keysConformance('PostgreSQL', async () => {
  const fresh = await freshDatabase()
  return {
    open: (options) => postgresKeys(fresh.database, options),
    [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose](),
  }
})

const secret = 'a secret of more than 32 characters'

const temporary = async () => {
  const path = await mkdtemp(join(tmpdir(), 'agora-keys-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

describe('keys in PostgreSQL', () => {
  test('are the same after a restart', async () => {
    await using fresh = await freshDatabase()
    const before = await postgresKeys(fresh.database, { secret })
    await before.close()
    const after = await postgresKeys(fresh.database, { secret })
    expect(after.signing()).toEqual(before.signing())
    await after.close()
  })

  test('are encrypted in the table', async () => {
    await using fresh = await freshDatabase()
    const keys = await postgresKeys(fresh.database, { secret })
    const rows = await fresh.database.query<{ sealed_key: Buffer; row: string }>(
      'SELECT sealed_key, to_jsonb(k)::text AS row FROM agora.signing_keys k',
    )
    expect(rows.length).toBe(1)
    expect(rows[0]?.sealed_key.toString('latin1')).not.toContain('PRIVATE KEY')
    expect(rows[0]?.row).not.toContain('"d"')
    await keys.close()
  })

  test('refuse to open with another secret, and stay unchanged', async () => {
    await using fresh = await freshDatabase()
    const keys = await postgresKeys(fresh.database, { secret })
    const other = 'another one, of more than 32 characters'
    await expect(postgresKeys(fresh.database, { secret: other })).rejects.toSatisfy(
      (error) => error instanceof WrongSecret && error.message.includes('AGORA_SECRET'),
    )
    await keys.close()
    const reopened = await postgresKeys(fresh.database, { secret })
    expect(reopened.signing().kid).toBe(keys.signing().kid)
    await reopened.close()
  })

  test('that another program wrote into the table verify nothing', async () => {
    await using fresh = await freshDatabase()
    const keys = await postgresKeys(fresh.database, { secret })
    await fresh.database.query(
      `INSERT INTO agora.signing_keys SELECT 'mine', public_jwk, sealed_key, created_at, signs_from FROM agora.signing_keys`,
    )
    await keys.rotate().catch(() => undefined)
    expect(keys.verifying('mine')).toBe(undefined)
    await keys.close()
  })

  test('of other processes are received also after the connection was lost', async () => {
    await using fresh = await freshDatabase()
    const [here, there] = [
      await postgresKeys(fresh.database, { secret }),
      await postgresKeys(fresh.database, { secret }),
    ]
    await fresh.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`,
    )
    const kid = await here.rotate()
    await expect.poll(() => there.verifying(kid)?.kid).toBe(kid)
    await Promise.all([here.close(), there.close()])
  })

  test('are imported from the file of an earlier version', async () => {
    await using fresh = await freshDatabase()
    await using folder = await temporary()
    const file = join(folder.path, 'keys', 'signing-key.pem')
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
    await mkdir(join(folder.path, 'keys'))
    await writeFile(file, pem)
    const options = { folder: folder.path, tokenTtl: 1_000 }
    const keys = await openKeys(fresh.database, options)
    expect(keys.signing().kid).toBe(signingKey(String(pem)).kid)
    expect(await readdir(folder.path)).toEqual(['secret'])
    await keys.close()
    const reopened = await openKeys(fresh.database, options)
    expect(reopened.signing().kid).toBe(keys.signing().kid)
    await reopened.close()
  })

  test('leave a file that they have not imported', async () => {
    await using fresh = await freshDatabase()
    await using folder = await temporary()
    const options = { folder: folder.path, secret, tokenTtl: 1_000 }
    await (await openKeys(fresh.database, options)).close()
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
    await mkdir(join(folder.path, 'keys'))
    await writeFile(join(folder.path, 'keys', 'signing-key.pem'), pem)
    const keys = await openKeys(fresh.database, options)
    expect(keys.verifying(signingKey(String(pem)).kid)).toBe(undefined)
    expect(await readdir(join(folder.path, 'keys'))).toEqual(['signing-key.pem'])
    await keys.close()
  })
})

describe('the secret in a file', () => {
  test('is created at the first start by one of several processes, and read at the next', async () => {
    await using folder = await temporary()
    const file = join(folder.path, 'data', 'secret')
    const secrets = await Promise.all(Array.from({ length: 8 }, () => secretFile(file)))
    expect(new Set(secrets).size).toBe(1)
    expect(secrets[0]).toMatch(/^[\w-]{43}$/)
    expect(await secretFile(file)).toBe(secrets[0])
    expect(await readFile(file, 'utf8')).toBe(`${secrets[0]}\n`)
    expect(await readdir(join(folder.path, 'data'))).toEqual(['secret'])
  })

  test('is readable by its owner only', async () => {
    await using folder = await temporary()
    const file = join(folder.path, 'data', 'secret')
    await secretFile(file)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder.path, 'data'))).mode & 0o777).toBe(0o700)
  })
})
