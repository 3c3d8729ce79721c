// Original file: proto/media.proto


export interface GetUserMediaRequest {
  'userId'?: (string);
  'page'?: (number);
  'limit'?: (number);
  'sort'?: (string);
  'cursor'?: (string);
  'minPosition'?: (string);
  'kind'?: (string);
  '_userId'?: "userId";
  '_page'?: "page";
  '_limit'?: "limit";
  '_sort'?: "sort";
  '_cursor'?: "cursor";
  '_minPosition'?: "minPosition";
  '_kind'?: "kind";
}

export interface GetUserMediaRequest__Output {
  'userId'?: (string);
  'page'?: (number);
  'limit'?: (number);
  'sort'?: (string);
  'cursor'?: (string);
  'minPosition'?: (string);
  'kind'?: (string);
}
