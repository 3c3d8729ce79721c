// Original file: proto/post.proto

import type { Author as _agora_post_v1_Author, Author__Output as _agora_post_v1_Author__Output } from '../../../agora/post/v1/Author.ts';
import type { Mention as _agora_post_v1_Mention, Mention__Output as _agora_post_v1_Mention__Output } from '../../../agora/post/v1/Mention.ts';

export interface Comment {
  'id'?: (string);
  'postId'?: (string);
  'parentId'?: (string);
  'userId'?: (string);
  'author'?: (_agora_post_v1_Author | null);
  'content'?: (string);
  'mentions'?: (_agora_post_v1_Mention)[];
  'deleted'?: (boolean);
  'answers'?: (number);
  'createdAt'?: (string);
  '_parentId'?: "parentId";
  '_userId'?: "userId";
  '_deleted'?: "deleted";
  '_answers'?: "answers";
}

export interface Comment__Output {
  'id': (string);
  'postId': (string);
  'parentId'?: (string);
  'userId'?: (string);
  'author': (_agora_post_v1_Author__Output | null);
  'content': (string);
  'mentions': (_agora_post_v1_Mention__Output)[];
  'deleted'?: (boolean);
  'answers'?: (number);
  'createdAt': (string);
}
