import { posts as all } from '../../../projections/index.ts'
import { lookAtPresent } from '../../../runtime/resting-on.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { Ports } from '../../../serving/ports.ts'
import { mayRead } from '../../profiles/services/reading-rights.ts'
import type { UserId } from '../../shared/index.ts'
import { shownPosts } from './shown-posts.ts'

/** Returns the latest posts of a user and their number; undefined for a caller who may not read them. */
export const latestPostsOf = async (
  ports: Pick<Ports, 'executor' | 'readModels' | 'apiUrl'>,
  caller: Caller,
  userId: UserId,
  limit: number,
) => {
  if (!(await mayRead(lookAtPresent(ports.executor), caller, userId))) return undefined
  const { documents, total } = await ports.readModels.find(all, {
    where: { userId },
    sort: ['-createdAt'],
    limit,
  })
  return { posts: await shownPosts(ports, caller, documents), total }
}
