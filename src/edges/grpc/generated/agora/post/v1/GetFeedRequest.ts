// Original file: proto/post.proto


export interface GetFeedRequest {
  'page'?: (number);
  'limit'?: (number);
  'cursor'?: (string);
  'minPosition'?: (string);
  '_page'?: "page";
  '_limit'?: "limit";
  '_cursor'?: "cursor";
  '_minPosition'?: "minPosition";
}

export interface GetFeedRequest__Output {
  'page'?: (number);
  'limit'?: (number);
  'cursor'?: (string);
  'minPosition'?: (string);
}
