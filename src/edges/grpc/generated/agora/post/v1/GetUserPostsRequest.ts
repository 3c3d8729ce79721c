// Original file: proto/post.proto


export interface GetUserPostsRequest {
  'id'?: (string);
  'page'?: (number);
  'limit'?: (number);
  'sort'?: (string);
  'cursor'?: (string);
  'minPosition'?: (string);
  '_id'?: "id";
  '_page'?: "page";
  '_limit'?: "limit";
  '_sort'?: "sort";
  '_cursor'?: "cursor";
  '_minPosition'?: "minPosition";
}

export interface GetUserPostsRequest__Output {
  'id'?: (string);
  'page'?: (number);
  'limit'?: (number);
  'sort'?: (string);
  'cursor'?: (string);
  'minPosition'?: (string);
}
