// Original file: proto/auth.proto

import type { Long } from '@grpc/proto-loader';

export interface TokenClaims {
  'userId'?: (string);
  'roles'?: (string)[];
  'exp'?: (number | string | Long);
}

export interface TokenClaims__Output {
  'userId': (string);
  'roles': (string)[];
  'exp': (number);
}
