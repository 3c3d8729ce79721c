// Original file: proto/search.proto

import type { Long } from '@grpc/proto-loader';

export interface SearchAllRequest {
  'q'?: (string);
  'limit'?: (number);
  'minPosition'?: (string);
  'category'?: (string);
  'minPrice'?: (number | string | Long);
  'maxPrice'?: (number | string | Long);
  'inStock'?: (boolean);
  'deliveryDays'?: (number);
  'rating'?: (number | string);
  'status'?: (string);
  'tag'?: (string);
  'kind'?: (string);
  'types'?: (string);
  '_q'?: "q";
  '_limit'?: "limit";
  '_minPosition'?: "minPosition";
  '_category'?: "category";
  '_minPrice'?: "minPrice";
  '_maxPrice'?: "maxPrice";
  '_inStock'?: "inStock";
  '_deliveryDays'?: "deliveryDays";
  '_rating'?: "rating";
  '_status'?: "status";
  '_tag'?: "tag";
  '_kind'?: "kind";
  '_types'?: "types";
}

export interface SearchAllRequest__Output {
  'q'?: (string);
  'limit'?: (number);
  'minPosition'?: (string);
  'category'?: (string);
  'minPrice'?: (number);
  'maxPrice'?: (number);
  'inStock'?: (boolean);
  'deliveryDays'?: (number);
  'rating'?: (number);
  'status'?: (string);
  'tag'?: (string);
  'kind'?: (string);
  'types'?: (string);
}
