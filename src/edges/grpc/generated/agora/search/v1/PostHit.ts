// Original file: proto/search.proto

import type { Post as _agora_post_v1_Post, Post__Output as _agora_post_v1_Post__Output } from '../../../agora/post/v1/Post.ts';
import type { Highlight as _agora_search_v1_Highlight, Highlight__Output as _agora_search_v1_Highlight__Output } from '../../../agora/search/v1/Highlight.ts';

export interface PostHit {
  'id'?: (string);
  'document'?: (_agora_post_v1_Post | null);
  'highlights'?: (_agora_search_v1_Highlight)[];
}

export interface PostHit__Output {
  'id': (string);
  'document': (_agora_post_v1_Post__Output | null);
  'highlights': (_agora_search_v1_Highlight__Output)[];
}
