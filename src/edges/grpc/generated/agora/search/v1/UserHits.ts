// Original file: proto/search.proto

import type { UserHit as _agora_search_v1_UserHit, UserHit__Output as _agora_search_v1_UserHit__Output } from '../../../agora/search/v1/UserHit.ts';

export interface UserHits {
  'hits'?: (_agora_search_v1_UserHit)[];
  'total'?: (number);
  'nextCursor'?: (string);
  '_nextCursor'?: "nextCursor";
}

export interface UserHits__Output {
  'hits': (_agora_search_v1_UserHit__Output)[];
  'total': (number);
  'nextCursor'?: (string);
}
