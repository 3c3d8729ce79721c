// Original file: proto/search.proto

import type { Money as _agora_search_v1_Money, Money__Output as _agora_search_v1_Money__Output } from '../../../agora/search/v1/Money.ts';

export interface _agora_search_v1_Order_Item {
  'kind'?: (string);
  'refId'?: (string);
  'quantity'?: (number);
  'name'?: (string);
  'package'?: (string);
  'price'?: (_agora_search_v1_Money | null);
  '_package'?: "package";
}

export interface _agora_search_v1_Order_Item__Output {
  'kind': (string);
  'refId': (string);
  'quantity': (number);
  'name': (string);
  'package'?: (string);
  'price': (_agora_search_v1_Money__Output | null);
}

export interface Order {
  'id'?: (string);
  'userId'?: (string);
  'sellerId'?: (string);
  'status'?: (string);
  'items'?: (_agora_search_v1_Order_Item)[];
  'itemNames'?: (string);
  'total'?: (_agora_search_v1_Money | null);
  'createdAt'?: (string);
  'updatedAt'?: (string);
  '_sellerId'?: "sellerId";
}

export interface Order__Output {
  'id': (string);
  'userId': (string);
  'sellerId'?: (string);
  'status': (string);
  'items': (_agora_search_v1_Order_Item__Output)[];
  'itemNames': (string);
  'total': (_agora_search_v1_Money__Output | null);
  'createdAt': (string);
  'updatedAt': (string);
}
