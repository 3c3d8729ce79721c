// Original file: proto/post.proto

import type { Comment as _agora_post_v1_Comment, Comment__Output as _agora_post_v1_Comment__Output } from '../../../agora/post/v1/Comment.ts';

export interface CommentList {
  'comments'?: (_agora_post_v1_Comment)[];
  'total'?: (number);
  'page'?: (number);
  'limit'?: (number);
  'nextCursor'?: (string);
  '_nextCursor'?: "nextCursor";
}

export interface CommentList__Output {
  'comments': (_agora_post_v1_Comment__Output)[];
  'total': (number);
  'page': (number);
  'limit': (number);
  'nextCursor'?: (string);
}
