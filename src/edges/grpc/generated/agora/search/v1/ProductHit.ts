// Original file: proto/search.proto

import type { Product as _agora_search_v1_Product, Product__Output as _agora_search_v1_Product__Output } from '../../../agora/search/v1/Product.ts';
import type { Highlight as _agora_search_v1_Highlight, Highlight__Output as _agora_search_v1_Highlight__Output } from '../../../agora/search/v1/Highlight.ts';

export interface ProductHit {
  'id'?: (string);
  'document'?: (_agora_search_v1_Product | null);
  'highlights'?: (_agora_search_v1_Highlight)[];
}

export interface ProductHit__Output {
  'id': (string);
  'document': (_agora_search_v1_Product__Output | null);
  'highlights': (_agora_search_v1_Highlight__Output)[];
}
