// Original file: proto/search.proto

import type { Money as _agora_search_v1_Money, Money__Output as _agora_search_v1_Money__Output } from '../../../agora/search/v1/Money.ts';
import type { Rating as _agora_user_v1_Rating, Rating__Output as _agora_user_v1_Rating__Output } from '../../../agora/user/v1/Rating.ts';

export interface _agora_search_v1_Gig_Seller {
  'id'?: (string);
  'username'?: (string);
  'name'?: (string);
  'displayName'?: (string);
  '_username'?: "username";
  '_name'?: "name";
  '_displayName'?: "displayName";
}

export interface _agora_search_v1_Gig_Seller__Output {
  'id': (string);
  'username'?: (string);
  'name'?: (string);
  'displayName'?: (string);
}

export interface Gig {
  'id'?: (string);
  'seller'?: (_agora_search_v1_Gig_Seller | null);
  'title'?: (string);
  'description'?: (string);
  'category'?: (string);
  'tags'?: (string)[];
  'mediaIds'?: (string)[];
  'from'?: (_agora_search_v1_Money | null);
  'deliveryDays'?: (number);
  'rating'?: (_agora_user_v1_Rating | null);
  'createdAt'?: (string);
  'updatedAt'?: (string);
}

export interface Gig__Output {
  'id': (string);
  'seller': (_agora_search_v1_Gig_Seller__Output | null);
  'title': (string);
  'description': (string);
  'category': (string);
  'tags': (string)[];
  'mediaIds': (string)[];
  'from': (_agora_search_v1_Money__Output | null);
  'deliveryDays': (number);
  'rating': (_agora_user_v1_Rating__Output | null);
  'createdAt': (string);
  'updatedAt': (string);
}
