// Original file: proto/auth.proto

import type { Tokens as _agora_auth_v1_Tokens, Tokens__Output as _agora_auth_v1_Tokens__Output } from '../../../agora/auth/v1/Tokens.ts';

export interface SignedIn {
  'userId'?: (string);
  'email'?: (string);
  'emailVerified'?: (boolean);
  'username'?: (string);
  'name'?: (string);
  'roles'?: (string)[];
  'tokens'?: (_agora_auth_v1_Tokens | null);
  '_name'?: "name";
}

export interface SignedIn__Output {
  'userId': (string);
  'email': (string);
  'emailVerified': (boolean);
  'username': (string);
  'name'?: (string);
  'roles': (string)[];
  'tokens': (_agora_auth_v1_Tokens__Output | null);
}
