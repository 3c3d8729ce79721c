// Original file: proto/search.proto

import type { User as _agora_user_v1_User, User__Output as _agora_user_v1_User__Output } from '../../../agora/user/v1/User.ts';
import type { Highlight as _agora_search_v1_Highlight, Highlight__Output as _agora_search_v1_Highlight__Output } from '../../../agora/search/v1/Highlight.ts';

export interface UserHit {
  'id'?: (string);
  'document'?: (_agora_user_v1_User | null);
  'highlights'?: (_agora_search_v1_Highlight)[];
}

export interface UserHit__Output {
  'id': (string);
  'document': (_agora_user_v1_User__Output | null);
  'highlights': (_agora_search_v1_Highlight__Output)[];
}
