// Original file: proto/post.proto


export interface DeleteCommentRequest {
  'id'?: (string);
  '_id'?: "id";
}

export interface DeleteCommentRequest__Output {
  'id'?: (string);
}
