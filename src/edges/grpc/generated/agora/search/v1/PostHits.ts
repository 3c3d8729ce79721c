// Original file: proto/search.proto

import type { PostHit as _agora_search_v1_PostHit, PostHit__Output as _agora_search_v1_PostHit__Output } from '../../../agora/search/v1/PostHit.ts';

export interface PostHits {
  'hits'?: (_agora_search_v1_PostHit)[];
  'total'?: (number);
  'nextCursor'?: (string);
  '_nextCursor'?: "nextCursor";
}

export interface PostHits__Output {
  'hits': (_agora_search_v1_PostHit__Output)[];
  'total': (number);
  'nextCursor'?: (string);
}
