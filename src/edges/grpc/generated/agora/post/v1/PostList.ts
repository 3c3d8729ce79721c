// Original file: proto/post.proto

import type { Post as _agora_post_v1_Post, Post__Output as _agora_post_v1_Post__Output } from '../../../agora/post/v1/Post.ts';

export interface PostList {
  'posts'?: (_agora_post_v1_Post)[];
  'total'?: (number);
  'page'?: (number);
  'limit'?: (number);
  'nextCursor'?: (string);
  '_nextCursor'?: "nextCursor";
}

export interface PostList__Output {
  'posts': (_agora_post_v1_Post__Output)[];
  'total': (number);
  'page': (number);
  'limit': (number);
  'nextCursor'?: (string);
}
