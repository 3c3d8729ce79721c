import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'

/**
 * Folder for the data of servers that tests start: in memory, where there is a folder in it with 4 GB to spare, as waiting
 * for the disk takes most of the time of new databases and indices; otherwise that of temporary files.
 */
export const roomyPlace = async (): Promise<string> => {
  const memory = '/dev/shm'
  const free = await statfs(memory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  )
  return free > 4 * 1024 ** 3 ? memory : tmpdir()
}
