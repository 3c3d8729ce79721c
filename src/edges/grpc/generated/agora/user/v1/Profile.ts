// Original file: proto/user.proto


export interface Profile {
  'userId'?: (string);
  'username'?: (string);
  'name'?: (string);
  'bio'?: (string);
  'avatarMediaId'?: (string);
  '_name'?: "name";
  '_bio'?: "bio";
  '_avatarMediaId'?: "avatarMediaId";
}

export interface Profile__Output {
  'userId': (string);
  'username': (string);
  'name'?: (string);
  'bio'?: (string);
  'avatarMediaId'?: (string);
}
