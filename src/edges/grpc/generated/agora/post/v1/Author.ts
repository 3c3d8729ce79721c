// Original file: proto/post.proto


export interface Author {
  'id'?: (string);
  'username'?: (string);
  'name'?: (string);
  '_username'?: "username";
  '_name'?: "name";
}

export interface Author__Output {
  'id': (string);
  'username'?: (string);
  'name'?: (string);
}
