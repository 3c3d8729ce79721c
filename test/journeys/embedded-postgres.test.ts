import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  findEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/engines/embedded/embedded-postgres.ts'
import { FolderHeld } from '../../src/platform/engines/embedded/folder-lock.ts'
import { processesIn } from '../../src/platform/engines/embedded/leftovers.ts'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import {
  ask,
  copyCheckout,
  isRoot,
  possibleModes,
  startElsewhere,
  temporaryFolder,
} from '../support/embedded.ts'

const remember = ['CREATE TABLE memory (what text)', `INSERT INTO memory VALUES ('a lamp')`]
const recall = 'SELECT what FROM memory'
const remembered = [{ what: 'a lamp' }]

describe.each(possibleModes)('an embedded PostgreSQL (%s)', (mode) => {
  it('creates durable and protected data at the first start, and uses it at the next', async () => {
    await using folder = await temporaryFolder()
    const log: string[] = []
    const spawned: string[] = []
    {
      await using first = await startEmbeddedPostgres({
        folder: folder.path,
        mode,
        log: (line) => void log.push(line),
        onSpawn: () => void spawned.push(log.join('\n')),
      })
      // `initdb` and `postgres`, each before PostgreSQL accepts connections.
      expect(spawned).toHaveLength(2)
      expect(spawned.join('\n')).not.toContain('ready to accept connections')
      expect(first.mode).toBe(mode)
      await ask(first.url, ...remember)

      const shown = await Promise.all(
        ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums'].map((name) =>
          ask(first.url, `SHOW ${name}`),
        ),
      )
      expect(shown.flat().flatMap(Object.values)).toEqual(['on', 'on', 'on', 'on'])

      const { password } = new URL(first.url)
      const wrong = first.url.replace(password, 'a guess')
      await expect(ask(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed')
      expect((await stat(join(folder.path, 'postgres/password'))).mode & 0o777).toBe(0o600)
      expect(await readFile(`/proc/${first.pid}/cmdline`, 'utf8').catch(() => '')).not.toContain(
        password,
      )
      expect(log.join('\n')).not.toContain(password)
    }
    await using second = await startEmbeddedPostgres({ folder: folder.path, mode })
    expect(second.socket).toBe(join(folder.path, 'postgres/data'))
    expect(await ask(second.url, recall)).toEqual(remembered)
    expect(await findEmbeddedPostgres(folder.path)).toBe(second.url)
  })
})

describe('an embedded PostgreSQL', () => {
  let template: Awaited<ReturnType<typeof temporaryFolder>>

  /** Copies a folder with data, which is faster than creating it. */
  const usedFolder = async () => {
    const folder = await temporaryFolder()
    execFileSync('cp', ['-a', `${template.path}/.`, folder.path])
    return folder
  }

  beforeAll(async () => {
    template = await temporaryFolder()
    await using postgres = await startEmbeddedPostgres({ folder: template.path })
    await ask(postgres.url, ...remember)
  })
  afterAll(() => template[Symbol.asyncDispose]())

  it('is restarted at the same address after it was killed', async () => {
    await using folder = await usedFolder()
    await using postgres = await startEmbeddedPostgres({ folder: folder.path })
    const killed = postgres.pid
    await ask(postgres.url, `INSERT INTO memory VALUES ('a chair')`)
    process.kill(killed, 'SIGKILL')
    await expect.poll(() => postgres.pid).not.toBe(killed)
    expect(await ask(postgres.url, recall)).toEqual([...remembered, { what: 'a chair' }])
  })

  it('executes short statements over a Unix socket that other users cannot open, and all others over TCP', async () => {
    await using folder = await usedFolder()
    await using postgres = await startEmbeddedPostgres({ folder: folder.path })
    const { url, socket } = postgres
    expect((await stat(socket!)).mode & 0o777).toBe(0o700)
    const database = openDatabase(url, { socket })
    const text =
      'SELECT client_addr IS NULL AS near FROM pg_stat_activity WHERE pid = pg_backend_pid()'
    const options = [{ isShort: true }, { isImpatient: true }, {}]
    const near = options.map(async (option) => (await database.query({ text, ...option }))[0])
    expect(await Promise.all(near)).toEqual([{ near: true }, { near: true }, { near: false }])
    await database.close()

    const guess = new URL(url)
    guess.password = 'a guess'
    guess.searchParams.set('host', socket!)
    await expect(ask(guess.href, 'SELECT 1')).rejects.toThrow('password authentication failed')
  })

  it('executes short statements again at the same socket after it was killed', async () => {
    await using folder = await usedFolder()
    await using postgres = await startEmbeddedPostgres({ folder: folder.path })
    const database = openDatabase(postgres.url, { socket: postgres.socket })
    expect(postgres.socket).toBeDefined()
    const text = recall
    expect(await database.query({ text, isShort: true })).toEqual(remembered)
    const killed = postgres.pid
    process.kill(killed, 'SIGKILL')
    await expect.poll(() => postgres.pid).not.toBe(killed)
    await expect
      .poll(() => database.query({ text, isShort: true }).catch(() => 'away'))
      .toEqual(remembered)
    await database.close()
  })

  it('is reached over TCP only when the path of its folder is too long for a socket', async () => {
    await using parent = await temporaryFolder()
    const folder = join(parent.path, 'deep'.repeat(20))
    await mkdir(folder)
    execFileSync('cp', ['-a', `${template.path}/.`, folder])
    await using postgres = await startEmbeddedPostgres({ folder })
    expect(postgres.socket).toBeUndefined()
    const database = openDatabase(postgres.url, { socket: postgres.socket })
    expect(await database.query({ text: recall, isShort: true })).toEqual(remembered)
    await database.close()
  })

  it('removes the sockets of earlier starts', async () => {
    await using folder = await usedFolder()
    const data = join(folder.path, 'postgres/data')
    // PostgreSQL would not start on this port, as the process of the lock exists.
    await writeFile(join(data, '.s.PGSQL.5999.lock'), `${process.pid}\n`)
    await using postgres = await startEmbeddedPostgres({ folder: folder.path })
    const { port } = new URL(postgres.url)
    const sockets = (await readdir(data)).filter((name) => name.startsWith('.s.'))
    expect(sockets.toSorted()).toEqual([`.s.PGSQL.${port}`, `.s.PGSQL.${port}.lock`])
  })

  it('does not receive a Ctrl-C, so that it can be stopped last', async () => {
    await using folder = await usedFolder()
    await using postgres = await startEmbeddedPostgres({ folder: folder.path })
    // It leads a process group of its own: signal 0 checks that the group exists.
    expect(process.kill(-postgres.pid, 0)).toBe(true)
  })

  it('reports its exit after it was killed when restarts are off', async () => {
    await using folder = await usedFolder()
    await using postgres = await startEmbeddedPostgres({ folder: folder.path, restart: false })
    process.kill(postgres.pid, 'SIGKILL')
    expect(await postgres.exited).toBeNull()
  })

  it('starts at once after the process that ran it was killed', async () => {
    await using folder = await usedFolder()
    await using elsewhere = startElsewhere({ folder: folder.path })
    const { url } = await elsewhere.report
    await ask(url, `INSERT INTO memory VALUES ('a chair')`)
    await elsewhere.kill()
    await using postgres = await startEmbeddedPostgres({ folder: folder.path })
    expect(await ask(postgres.url, recall)).toEqual([...remembered, { what: 'a chair' }])
  })

  it('starts at once after it and the process that ran it were killed', async () => {
    await using folder = await usedFolder()
    await using elsewhere = startElsewhere({ folder: folder.path })
    const { url, pid } = await elsewhere.report
    await ask(url, `INSERT INTO memory VALUES ('a chair')`)
    process.kill(pid, 'SIGKILL')
    await elsewhere.kill()
    await using postgres = await startEmbeddedPostgres({ folder: folder.path })
    expect(await ask(postgres.url, recall)).toEqual([...remembered, { what: 'a chair' }])
  })

  it('replaces one that has outlived the process that ran it', async () => {
    await using folder = await usedFolder()
    await using bare = await temporaryFolder()
    // A system without setpriv.
    for (const name of ['unshare', 'id', 'true'])
      await symlink(`/usr/bin/${name}`, join(bare.path, name))
    await using elsewhere = startElsewhere({ folder: folder.path }, { path: bare.path })
    const { pid } = await elsewhere.report
    await elsewhere.kill()
    expect(await processesIn(join(folder.path, 'postgres/data'))).toContain(pid)
    await using postgres = await startEmbeddedPostgres({ folder: folder.path })
    expect(await ask(postgres.url, recall)).toEqual(remembered)
    expect(await processesIn(join(folder.path, 'postgres/data'))).not.toContain(pid)
  })

  it('starts although another process has the pid of its old lock file', async () => {
    await using folder = await usedFolder()
    await writeFile(join(folder.path, 'postgres/data/postmaster.pid'), `${process.pid}\n`)
    await using postgres = await startEmbeddedPostgres({ folder: folder.path })
    expect(await ask(postgres.url, recall)).toEqual(remembered)
  })

  it('is created again when its creation was interrupted', async () => {
    await using folder = await temporaryFolder()
    await using elsewhere = startElsewhere({ folder: folder.path })
    const half = join(folder.path, 'postgres.new/data')
    await expect
      .poll(() => readdir(half).catch(() => []), { interval: 5, timeout: 120_000 })
      .toContain('PG_VERSION')
    await elsewhere.kill()
    expect(await readdir(folder.path)).not.toContain('postgres')
    await using postgres = await startEmbeddedPostgres({ folder: folder.path })
    expect(await ask(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('is not started twice on one folder, and the error names the process that runs it', async () => {
    await using folder = await usedFolder()
    const before = Date.now()
    await using elsewhere = startElsewhere({ folder: folder.path })
    const { url } = await elsewhere.report
    const refusal = await startEmbeddedPostgres({ folder: folder.path }).catch((error) => error)
    expect(refusal).toBeInstanceOf(FolderHeld)
    expect(refusal.holder).toMatchObject({ pid: elsewhere.child.pid })
    expect(refusal.message).toContain(`process ${elsewhere.child.pid}`)
    expect(refusal.message).toContain('embedded-process.ts')
    expect(Date.parse(refusal.holder.since)).toBeGreaterThanOrEqual(before - 1)
    expect(await ask(url, recall)).toEqual(remembered)
  })

  it('runs from a checkout and on a folder that other users cannot read, installed without scripts', async () => {
    await using parent = await temporaryFolder()
    const { checkout } = await copyCheckout(join(parent.path, 'checkout'))
    await using elsewhere = startElsewhere({ folder: join(checkout, '.agora') }, { checkout })
    const { url, mode } = await elsewhere.report
    expect(mode).toBe(possibleModes[0])
    expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })
})

describe.runIf(isRoot)('an embedded PostgreSQL of root', () => {
  it('runs a copy of its programs where user namespaces are forbidden and other users cannot read the checkout', async () => {
    await using parent = await temporaryFolder()
    const { checkout } = await copyCheckout(join(parent.path, 'checkout'))
    const folder = join(checkout, '.agora')
    await using bare = await temporaryFolder()
    await chmod(bare.path, 0o755)
    // A system without unshare.
    for (const name of ['setpriv', 'id', 'true'])
      await symlink(`/usr/bin/${name}`, join(bare.path, name))
    await using elsewhere = startElsewhere({ folder }, { checkout, path: bare.path })
    const { url, mode } = await elsewhere.report
    expect(mode).toBe('drop+copy')
    expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('runs as the owner of the data, who can start it later without root', async () => {
    const nobody = 65_534
    await using parent = await temporaryFolder()
    await chmod(parent.path, 0o755)
    const { checkout, node } = await copyCheckout(join(parent.path, 'checkout'), { withNode: true })
    const folder = join(parent.path, 'data')
    await mkdir(folder)
    await chown(folder, nobody, nobody)
    const asNobody = () => startElsewhere({ folder }, { checkout, node, uid: nobody })
    {
      await using first = asNobody()
      const { url, mode, error } = await first.report
      expect(error).toBeUndefined()
      // The links that the install script would have made cannot be made in a checkout of root's.
      expect(mode).toBe('direct+copy')
      await ask(url, ...remember)
    }
    {
      await using second = startElsewhere({ folder }, { checkout, node })
      expect((await second.report).mode).toBe('drop')
    }
    await using third = asNobody()
    const { url, mode } = await third.report
    // Root has made the links by now.
    expect(mode).toBe('direct')
    expect(await ask(url, recall)).toEqual(remembered)
  })
})
