// Original file: proto/user.proto


export interface UpdateProfileRequest {
  'id'?: (string);
  'name'?: (string);
  'username'?: (string);
  'bio'?: (string);
  'avatarMediaId'?: (string);
  'clear'?: (string)[];
  '_id'?: "id";
  '_name'?: "name";
  '_username'?: "username";
  '_bio'?: "bio";
  '_avatarMediaId'?: "avatarMediaId";
}

export interface UpdateProfileRequest__Output {
  'id'?: (string);
  'name'?: (string);
  'username'?: (string);
  'bio'?: (string);
  'avatarMediaId'?: (string);
  'clear': (string)[];
}
