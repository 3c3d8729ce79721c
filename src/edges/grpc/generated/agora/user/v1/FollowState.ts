// Original file: proto/user.proto


export interface FollowState {
  'followerId'?: (string);
  'followeeId'?: (string);
  'following'?: (boolean);
  'requested'?: (boolean);
  '_requested'?: "requested";
}

export interface FollowState__Output {
  'followerId': (string);
  'followeeId': (string);
  'following': (boolean);
  'requested'?: (boolean);
}
