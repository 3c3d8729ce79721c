// Original file: proto/search.proto


export interface SearchPostsRequest {
  'q'?: (string);
  'limit'?: (number);
  'cursor'?: (string);
  'minPosition'?: (string);
  'tag'?: (string);
  '_q'?: "q";
  '_limit'?: "limit";
  '_cursor'?: "cursor";
  '_minPosition'?: "minPosition";
  '_tag'?: "tag";
}

export interface SearchPostsRequest__Output {
  'q'?: (string);
  'limit'?: (number);
  'cursor'?: (string);
  'minPosition'?: (string);
  'tag'?: (string);
}
