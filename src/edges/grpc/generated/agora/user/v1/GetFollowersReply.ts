// Original file: proto/user.proto

import type { Follow as _agora_user_v1_Follow, Follow__Output as _agora_user_v1_Follow__Output } from '../../../agora/user/v1/Follow.ts';

export interface GetFollowersReply {
  'followers'?: (_agora_user_v1_Follow)[];
  'total'?: (number);
  'page'?: (number);
  'limit'?: (number);
  'nextCursor'?: (string);
  '_nextCursor'?: "nextCursor";
}

export interface GetFollowersReply__Output {
  'followers': (_agora_user_v1_Follow__Output)[];
  'total': (number);
  'page': (number);
  'limit': (number);
  'nextCursor'?: (string);
}
