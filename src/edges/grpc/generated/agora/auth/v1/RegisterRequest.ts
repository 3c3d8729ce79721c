// Original file: proto/auth.proto


export interface RegisterRequest {
  'email'?: (string);
  'username'?: (string);
  'password'?: (string);
  'name'?: (string);
  '_email'?: "email";
  '_username'?: "username";
  '_password'?: "password";
  '_name'?: "name";
}

export interface RegisterRequest__Output {
  'email'?: (string);
  'username'?: (string);
  'password'?: (string);
  'name'?: (string);
}
