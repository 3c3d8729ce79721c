import type { KeptPost } from '../kept.ts'
import type { Action, Member, World } from '../world.ts'

/** Publishes a post. @returns it, if it was taken */
export const publish = async (
  { kept, word, wrong }: World,
  me: Member,
): Promise<KeptPost | undefined> => {
  const unique = word()
  const content = `Seen today: ${unique} #light`
  const answer = await me.call('POST', '/posts', { content })
  if (answer.status !== 201) {
    wrong('POST /posts', answer)
    return undefined
  }
  const { id } = answer.body.data
  const made: KeptPost = { id, author: me.id, word: unique, content, isDeleted: false }
  kept.posts.set(id, made)
  return made
}

/** One of the latest posts that nobody has deleted. */
const somePost = ({ chance, kept }: World, by?: string): KeptPost | undefined =>
  chance.oneOf(
    [...kept.posts.values()]
      .filter(({ author, isDeleted }) => !isDeleted && (by === undefined || author === by))
      .slice(-40),
  )

/** Whether an answer says that a post is gone, which others may have deleted meanwhile. */
const isGone = ({ status }: { readonly status: number }, { id }: KeptPost, { kept }: World) => {
  const post = kept.posts.get(id)
  return status === 404 && (post === undefined || post.isDeleted || kept.erased.has(post.author))
}

const publishOne: Action = async (world, me) => void (await publish(world, me))

const edit: Action = async (world, me) => {
  const post = somePost(world, me.id)
  if (!post) return
  const content = `Seen again: ${post.word} #light`
  const answer = await me.call('PATCH', `/posts/${post.id}`, { content })
  if (answer.status === 200) post.content = content
  else if (!isGone(answer, post, world)) world.wrong('PATCH /posts/:id', answer)
}

const remove: Action = async (world, me) => {
  const post = somePost(world, me.id)
  if (!post) return
  // Others may get a 404 from now on.
  post.isDeleted = true
  const answer = await me.call('DELETE', `/posts/${post.id}`)
  if (answer.status !== 200 && !(answer.status === 404 && answer.tries > 1))
    world.wrong('DELETE /posts/:id', answer)
}

/** Comments on a post. */
export const remark: Action = async (world, me) => {
  const post = somePost(world)
  if (!post) return
  const content = `So it is ${world.word()}`
  const answer = await me.call('POST', `/posts/${post.id}/comments`, { content })
  if (answer.status === 201) {
    const { id } = answer.body.data
    world.kept.comments.set(id, { id, postId: post.id, author: me.id, isDeleted: false })
  } else if (!isGone(answer, post, world)) world.wrong('POST /posts/:id/comments', answer)
}

const withdraw: Action = async (world, me) => {
  const { chance, kept, wrong } = world
  const mine = [...kept.comments.values()].filter(
    ({ author, isDeleted, postId }) =>
      author === me.id && !isDeleted && kept.posts.get(postId)?.isDeleted === false,
  )
  const comment = chance.oneOf(mine)
  if (!comment) return
  const answer = await me.call('DELETE', `/comments/${comment.id}`)
  const isLate = kept.posts.get(comment.postId)?.isDeleted ?? false
  if (answer.status === 200 || (answer.status === 404 && (answer.tries > 1 || isLate)))
    comment.isDeleted = true
  else wrong('DELETE /comments/:id', answer)
}

/** Likes a post, or takes a like back. */
export const like: Action = async (world, me) => {
  const post = somePost(world)
  if (!post) return
  const pair = `${post.id} ${me.id}`
  const isLiked = world.kept.likes.has(pair) && world.chance.happens(0.7)
  const answer = await me.call(isLiked ? 'DELETE' : 'POST', `/posts/${post.id}/like`)
  if (answer.status !== 200) {
    if (!isGone(answer, post, world)) world.wrong('/posts/:id/like', answer)
  } else if (isLiked) world.kept.likes.delete(pair)
  else world.kept.likes.add(pair)
}

/** Follows somebody, or no longer. */
export const follow: Action = async (world, me) => {
  const { chance, kept, people, wrong } = world
  const other = chance.oneOf(people.filter(({ id }) => id !== me.id))
  if (!other) return
  const pair = `${me.id} ${other.id}`
  const isFollowed = kept.follows.has(pair) && chance.happens(0.5)
  const answer = await me.call(isFollowed ? 'DELETE' : 'POST', `/users/${other.id}/follow`)
  if (answer.status !== 200) wrong('/users/:id/follow', answer)
  else if (isFollowed) kept.follows.delete(pair)
  else kept.follows.add(pair)
}

const readFeed: Action = async ({ wrong }, me) => {
  const answer = await me.call('GET', '/posts/feed?limit=20')
  if (answer.status !== 200) return wrong('GET /posts/feed', answer)
  const ids = answer.body.data.posts.map(({ id }: { id: string }) => id)
  if (new Set(ids).size !== ids.length) wrong('GET /posts/feed has a post twice', answer)
}

export const posting: readonly (readonly [weight: number, action: Action])[] = [
  [10, publishOne],
  [3, edit],
  [2, remove],
  [9, remark],
  [2, withdraw],
  [12, like],
  [4, follow],
  [8, readFeed],
]
