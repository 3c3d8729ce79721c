// Original file: proto/search.proto

import type { Money as _agora_search_v1_Money, Money__Output as _agora_search_v1_Money__Output } from '../../../agora/search/v1/Money.ts';

export interface Product {
  'id'?: (string);
  'name'?: (string);
  'description'?: (string);
  'price'?: (_agora_search_v1_Money | null);
  'stock'?: (number);
  'inStock'?: (boolean);
  'image'?: (string);
  'category'?: (string);
  'createdAt'?: (string);
  'updatedAt'?: (string);
  '_description'?: "description";
  '_image'?: "image";
}

export interface Product__Output {
  'id': (string);
  'name': (string);
  'description'?: (string);
  'price': (_agora_search_v1_Money__Output | null);
  'stock': (number);
  'inStock': (boolean);
  'image'?: (string);
  'category': (string);
  'createdAt': (string);
  'updatedAt': (string);
}
