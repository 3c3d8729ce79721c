// Original file: proto/post.proto


export interface Deleted {
  'id'?: (string);
  'deleted'?: (boolean);
}

export interface Deleted__Output {
  'id': (string);
  'deleted': (boolean);
}
