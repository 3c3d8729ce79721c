import { join } from 'node:path'
import { BadConfig, type Config } from '../config.ts'
import type { BlobStore } from '../config/blob-stores.ts'
import type { Session } from '../platform/engines/postgres/database.ts'
import type { OutboundClient } from '../platform/outbound/port.ts'
import { diskBlobs } from '../platform/storage/blobs/disk.ts'
import { movingBlobs } from '../platform/storage/blobs/moving.ts'
import type { Blobs } from '../platform/storage/blobs/port.ts'

type Deps = {
  readonly database: Session
  readonly onChange: (store: string, isUp: boolean, error?: unknown) => void
  /** Called once the previous store has no file any more. */
  readonly onEmpty: (name: string) => void
  readonly parts: AsyncDisposableStack
}

type Probes = Readonly<Record<string, () => Promise<unknown>>>

/** The store of the bytes of files, and pings of those on other machines, by name. */
type OpenedBlobs = {
  readonly blobs: Blobs
  readonly probes: Probes
  readonly clients: readonly OutboundClient[]
}

/** The name under which a store is recorded. */
const nameOf = (store: BlobStore): string => {
  if (store.driver === 's3') return `s3:${store.bucket}`
  return store.driver === 'cloudinary' ? `cloudinary:${store.cloud}` : store.driver
}

// Clients are imported only where they are used.

const openStore = async (
  store: BlobStore,
  folder: string,
  { onChange, parts }: Pick<Deps, 'onChange' | 'parts'>,
): Promise<OpenedBlobs> => {
  if (store.driver === 's3') {
    const [{ openS3 }, { s3Blobs }] = await Promise.all([
      import('../platform/engines/s3/connection.ts'),
      import('../platform/storage/blobs/s3.ts'),
    ])
    const connection = parts.adopt(
      openS3(store, { onChange: (isUp, error) => onChange('S3', isUp, error) }),
      (it) => it.close(),
    )
    return {
      blobs: s3Blobs(connection),
      probes: { s3: connection.ping },
      clients: [connection.client],
    }
  }
  if (store.driver === 'cloudinary') {
    const [{ cloudinaryApi }, { cloudinaryBlobs }] = await Promise.all([
      import('../platform/storage/blobs/cloudinary-api.ts'),
      import('../platform/storage/blobs/cloudinary.ts'),
    ])
    const api = cloudinaryApi(store, {
      onChange: (isUp, error) => onChange('Cloudinary', isUp, error),
    })
    // That this file is not there is an answer; calls of the API of administrators are counted.
    const ping = () => api.fetchFile('agora/ping', { method: 'HEAD' })
    return { blobs: cloudinaryBlobs(api), probes: { cloudinary: ping }, clients: [api.client] }
  }
  return { blobs: await diskBlobs(folder), probes: {}, clients: [] }
}

type Recorded = { readonly current: string; readonly before: string | null }

/** Whether files were stored on this disk, before their store was recorded. */
const isUsed = async (disk: Blobs): Promise<boolean> => {
  for await (const _ of disk.list()) return true
  return false
}

/**
 * Records the store of files, and the previous one.
 * @throws BadConfig when files may be in another store that is not configured
 */
const checkStore = async (
  { current, before }: Config['blobs'],
  folder: string,
  { database, parts, onChange }: Omit<Deps, 'onEmpty'>,
): Promise<void> => {
  const name = nameOf(current)
  const rows = await database.query<Recorded>('SELECT current, before FROM agora.blob_store')
  let [recorded] = rows
  if (!recorded) {
    const isOnDisk =
      current.driver !== 'disk' &&
      (await isUsed((await openStore({ driver: 'disk' }, folder, { parts, onChange })).blobs))
    recorded = { current: isOnDisk ? 'disk' : name, before: null }
  }
  const waiting = recorded.current === name ? recorded.before : recorded.current
  const named = before === undefined || before === 'none' ? before : nameOf(before)
  if (waiting !== null && named !== 'none' && named !== waiting) {
    const [driver] = waiting.split(':')
    throw new BadConfig(
      `The environment is invalid: files may be in ${waiting} still, but MEDIA_STORE_BEFORE does not name it. Set MEDIA_STORE_BEFORE=${driver}, with the variables of that store, and Agora moves them to ${name}; or MEDIA_STORE_BEFORE=none, after copying them there yourself`,
    )
  }
  const next: Recorded = { current: name, before: named === 'none' ? null : (named ?? null) }
  if (rows[0]?.current === next.current && rows[0].before === next.before) return
  await database.query({
    text: `INSERT INTO agora.blob_store (current, before) VALUES ($1, $2)
           ON CONFLICT (one) DO UPDATE SET current = excluded.current, before = excluded.before`,
    values: [next.current, next.before],
  })
}

/**
 * Opens the store of the bytes of files; with the previous one, whose files are found there until they are moved.
 * @throws BadConfig when files may be in another store that is not configured
 */
export const openBlobs = async (
  { blobs: stores, data }: Pick<Config, 'blobs' | 'data'>,
  { onEmpty, ...deps }: Deps,
): Promise<OpenedBlobs> => {
  const folder = join(data, 'blobs')
  const { current, before } = stores
  await checkStore(stores, folder, deps)
  const opened = await openStore(current, folder, deps)
  if (before === undefined || before === 'none') return opened
  const earlier = await openStore(before, folder, deps)
  let isEmpty = false
  return {
    blobs: movingBlobs(opened.blobs, earlier.blobs, {
      onEmpty: async () => {
        if (isEmpty) return
        await deps.database.query('UPDATE agora.blob_store SET before = NULL')
        isEmpty = true
        onEmpty(nameOf(before))
      },
    }),
    probes: { ...opened.probes, ...earlier.probes },
    clients: [...opened.clients, ...earlier.clients],
  }
}
