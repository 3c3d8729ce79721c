import type { Action } from '../world.ts'
import { follow, like, publish, remark } from './posting.ts'
import { place, settled } from './shopping.ts'
import { uploadOne } from './uploading.ts'

const changeProfile: Action = async ({ chance, kept, word, wrong }, me) => {
  const change = chance.happens(0.5) ? { name: `Ada ${word()}` } : { bio: `Collects ${word()}` }
  const answer = await me.call('PATCH', `/users/${me.id}`, change)
  if (answer.status !== 200) return wrong('PATCH /users/:id', answer)
  kept.profiles.set(me.id, { ...kept.profiles.get(me.id), ...change })
}

/** Somebody new, who does a little of everything, leaves and is forgotten. */
const comeAndGo: Action = async (world) => {
  const guest = await world.register()
  await follow(world, guest)
  await publish(world, guest)
  await remark(world, guest)
  await like(world, guest)
  await uploadOne(world, guest)
  const order = await place(world, guest, 'tok_ok')
  if (order) await settled(world, guest, order)
  // From now on, what they wrote may be gone.
  world.kept.erased.add(guest.id)
  const answer = await guest.call('DELETE', `/users/${guest.id}`)
  // After a lost answer, the account may be closed already.
  if (answer.status !== 202 && answer.tries < 2) world.wrong('DELETE /users/:id', answer)
}

const readNotifications: Action = async ({ wrong }, me) => {
  const answer = await me.call('GET', `/notifications/user/${me.id}?limit=20`)
  if (answer.status !== 200) return wrong('GET /notifications/user/:id', answer)
  const [first] = answer.body.data.notifications
  if (!first) return
  const read = await me.call('POST', `/notifications/${first.id}/read`)
  if (read.status !== 200) wrong('POST /notifications/:id/read', read)
}

const search: Action = async ({ chance, kept, wrong }, me) => {
  const post = chance.oneOf([...kept.posts.values()].slice(-40))
  const paths = [
    `/search/posts?q=${post?.word ?? 'seen'}`,
    '/search/products?q=lamp&inStock=true',
    '/search/gigs?q=logo',
    '/search/users?q=ada',
    '/search?q=light',
    '/search/suggest?q=la',
    '/products?limit=20',
    '/gigs?limit=20',
    '/orders?limit=20',
    `/users/${me.id}/overview`,
  ]
  const path = chance.oneOf(paths) ?? '/products'
  const answer = await me.call('GET', path)
  if (answer.status !== 200) wrong(`GET ${path.replace(/\?.*/, '')}`, answer)
}

export const living: readonly (readonly [weight: number, action: Action])[] = [
  [3, changeProfile],
  [1, comeAndGo],
  [4, readNotifications],
  [10, search],
]
