// Original file: proto/user.proto


export interface Rating {
  'average'?: (number | string);
  'count'?: (number);
}

export interface Rating__Output {
  'average': (number);
  'count': (number);
}
