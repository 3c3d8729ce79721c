// Exports of this context for other parts of Agora: its deciders, ids and types.

export { comment, CommentContent, CommentId } from './comment.ts'
export { like, LikeId, likeIdOf } from './like.ts'
export { post, type PresentPost } from './post.ts'
export { Mention, Mentions, mostMedia, PostContent, PostMedia, Tags } from './post-messages.ts'
