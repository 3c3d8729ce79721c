// Original file: proto/search.proto

import type { MediaHit as _agora_search_v1_MediaHit, MediaHit__Output as _agora_search_v1_MediaHit__Output } from '../../../agora/search/v1/MediaHit.ts';

export interface MediaHits {
  'hits'?: (_agora_search_v1_MediaHit)[];
  'total'?: (number);
}

export interface MediaHits__Output {
  'hits': (_agora_search_v1_MediaHit__Output)[];
  'total': (number);
}
