// Original file: proto/search.proto


export interface SearchUsersRequest {
  'q'?: (string);
  'limit'?: (number);
  'cursor'?: (string);
  'minPosition'?: (string);
  '_q'?: "q";
  '_limit'?: "limit";
  '_cursor'?: "cursor";
  '_minPosition'?: "minPosition";
}

export interface SearchUsersRequest__Output {
  'q'?: (string);
  'limit'?: (number);
  'cursor'?: (string);
  'minPosition'?: (string);
}
