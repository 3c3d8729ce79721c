// Original file: proto/post.proto


export interface CreateCommentRequest {
  'id'?: (string);
  'content'?: (string);
  'parentId'?: (string);
  '_id'?: "id";
  '_content'?: "content";
  '_parentId'?: "parentId";
}

export interface CreateCommentRequest__Output {
  'id'?: (string);
  'content'?: (string);
  'parentId'?: (string);
}
