// Original file: proto/search.proto

import type { ProductHit as _agora_search_v1_ProductHit, ProductHit__Output as _agora_search_v1_ProductHit__Output } from '../../../agora/search/v1/ProductHit.ts';

export interface ProductHits {
  'hits'?: (_agora_search_v1_ProductHit)[];
  'total'?: (number);
}

export interface ProductHits__Output {
  'hits': (_agora_search_v1_ProductHit__Output)[];
  'total': (number);
}
