// Original file: proto/search.proto

import type { GigHit as _agora_search_v1_GigHit, GigHit__Output as _agora_search_v1_GigHit__Output } from '../../../agora/search/v1/GigHit.ts';

export interface GigHits {
  'hits'?: (_agora_search_v1_GigHit)[];
  'total'?: (number);
}

export interface GigHits__Output {
  'hits': (_agora_search_v1_GigHit__Output)[];
  'total': (number);
}
