// Original file: proto/post.proto


export interface LikePostRequest {
  'id'?: (string);
  '_id'?: "id";
}

export interface LikePostRequest__Output {
  'id'?: (string);
}
