// Original file: proto/user.proto

import type { User as _agora_user_v1_User, User__Output as _agora_user_v1_User__Output } from '../../../agora/user/v1/User.ts';

export interface Follow {
  'user'?: (_agora_user_v1_User | null);
  'since'?: (string);
}

export interface Follow__Output {
  'user': (_agora_user_v1_User__Output | null);
  'since': (string);
}
