// Original file: proto/post.proto

import type { Mention as _agora_post_v1_Mention, Mention__Output as _agora_post_v1_Mention__Output } from '../../../agora/post/v1/Mention.ts';
import type { Author as _agora_post_v1_Author, Author__Output as _agora_post_v1_Author__Output } from '../../../agora/post/v1/Author.ts';

export interface _agora_post_v1_Post_Attachment {
  'id'?: (string);
  'url'?: (string);
}

export interface _agora_post_v1_Post_Attachment__Output {
  'id': (string);
  'url': (string);
}

export interface Post {
  'id'?: (string);
  'postId'?: (string);
  'userId'?: (string);
  'content'?: (string);
  'media'?: (_agora_post_v1_Post_Attachment)[];
  'tags'?: (string)[];
  'mentions'?: (_agora_post_v1_Mention)[];
  'likeCount'?: (number);
  'commentCount'?: (number);
  'createdAt'?: (string);
  'editedAt'?: (string);
  'author'?: (_agora_post_v1_Author | null);
  'liked'?: (boolean);
  '_editedAt'?: "editedAt";
  '_liked'?: "liked";
}

export interface Post__Output {
  'id': (string);
  'postId': (string);
  'userId': (string);
  'content': (string);
  'media': (_agora_post_v1_Post_Attachment__Output)[];
  'tags': (string)[];
  'mentions': (_agora_post_v1_Mention__Output)[];
  'likeCount': (number);
  'commentCount': (number);
  'createdAt': (string);
  'editedAt'?: (string);
  'author': (_agora_post_v1_Author__Output | null);
  'liked'?: (boolean);
}
