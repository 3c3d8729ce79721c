// Original file: proto/user.proto


export interface Account {
  'userId'?: (string);
  'email'?: (string);
  'username'?: (string);
  'name'?: (string);
  'roles'?: (string)[];
  'status'?: (string);
  '_name'?: "name";
}

export interface Account__Output {
  'userId': (string);
  'email': (string);
  'username': (string);
  'name'?: (string);
  'roles': (string)[];
  'status': (string);
}
