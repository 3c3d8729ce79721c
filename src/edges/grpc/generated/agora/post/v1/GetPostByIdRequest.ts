// Original file: proto/post.proto


export interface GetPostByIdRequest {
  'id'?: (string);
  'minPosition'?: (string);
  '_id'?: "id";
  '_minPosition'?: "minPosition";
}

export interface GetPostByIdRequest__Output {
  'id'?: (string);
  'minPosition'?: (string);
}
