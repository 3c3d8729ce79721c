// Original file: proto/post.proto


export interface Mention {
  'userId'?: (string);
  'start'?: (number);
  'end'?: (number);
}

export interface Mention__Output {
  'userId': (string);
  'start': (number);
  'end': (number);
}
