// Original file: proto/post.proto


export interface GetCommentsRequest {
  'id'?: (string);
  'page'?: (number);
  'limit'?: (number);
  'sort'?: (string);
  'cursor'?: (string);
  'minPosition'?: (string);
  'parentId'?: (string);
  '_id'?: "id";
  '_page'?: "page";
  '_limit'?: "limit";
  '_sort'?: "sort";
  '_cursor'?: "cursor";
  '_minPosition'?: "minPosition";
  '_parentId'?: "parentId";
}

export interface GetCommentsRequest__Output {
  'id'?: (string);
  'page'?: (number);
  'limit'?: (number);
  'sort'?: (string);
  'cursor'?: (string);
  'minPosition'?: (string);
  'parentId'?: (string);
}
