// Original file: proto/search.proto

import type { ProductHits as _agora_search_v1_ProductHits, ProductHits__Output as _agora_search_v1_ProductHits__Output } from '../../../agora/search/v1/ProductHits.ts';
import type { UserHits as _agora_search_v1_UserHits, UserHits__Output as _agora_search_v1_UserHits__Output } from '../../../agora/search/v1/UserHits.ts';
import type { GigHits as _agora_search_v1_GigHits, GigHits__Output as _agora_search_v1_GigHits__Output } from '../../../agora/search/v1/GigHits.ts';
import type { OrderHits as _agora_search_v1_OrderHits, OrderHits__Output as _agora_search_v1_OrderHits__Output } from '../../../agora/search/v1/OrderHits.ts';
import type { PostHits as _agora_search_v1_PostHits, PostHits__Output as _agora_search_v1_PostHits__Output } from '../../../agora/search/v1/PostHits.ts';
import type { MediaHits as _agora_search_v1_MediaHits, MediaHits__Output as _agora_search_v1_MediaHits__Output } from '../../../agora/search/v1/MediaHits.ts';

export interface SearchAllReply {
  'products'?: (_agora_search_v1_ProductHits | null);
  'users'?: (_agora_search_v1_UserHits | null);
  'gigs'?: (_agora_search_v1_GigHits | null);
  'orders'?: (_agora_search_v1_OrderHits | null);
  'posts'?: (_agora_search_v1_PostHits | null);
  'media'?: (_agora_search_v1_MediaHits | null);
}

export interface SearchAllReply__Output {
  'products': (_agora_search_v1_ProductHits__Output | null);
  'users': (_agora_search_v1_UserHits__Output | null);
  'gigs': (_agora_search_v1_GigHits__Output | null);
  'orders': (_agora_search_v1_OrderHits__Output | null);
  'posts': (_agora_search_v1_PostHits__Output | null);
  'media': (_agora_search_v1_MediaHits__Output | null);
}
