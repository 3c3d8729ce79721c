import { module } from '../../serving/module.ts'
import { comment, like, post } from './language.ts'

/** The context `posts`. */
export const posts = module({
  name: 'posts',
  about: 'Posts with their comments and likes',
  deciders: [post, comment, like],
})
