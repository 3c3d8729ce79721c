import { module } from '../../serving/module.ts'
import { feedChannel } from './channel.ts'
import { erase } from './erase.ts'
import { clearComments } from './jobs/clear-comments.ts'
import { comment, like, post } from './language.ts'
import { published } from './published.ts'
import { commentRoutes } from './routes/comments.ts'
import { feedRoutes } from './routes/feed.ts'
import { likeRoutes } from './routes/likes.ts'
import { postRoutes } from './routes/posts.ts'

/** The context `posts`. */
export const posts = module({
  name: 'posts',
  about: 'Posts with their comments and likes',
  deciders: [post, comment, like],
  published,
  routes: [...postRoutes, ...feedRoutes, ...likeRoutes, ...commentRoutes],
  channels: [feedChannel],
  jobs: [clearComments],
  erase,
})
