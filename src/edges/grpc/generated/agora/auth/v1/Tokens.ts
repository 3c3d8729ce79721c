// Original file: proto/auth.proto


export interface Tokens {
  'accessToken'?: (string);
  'refreshToken'?: (string);
}

export interface Tokens__Output {
  'accessToken': (string);
  'refreshToken': (string);
}
