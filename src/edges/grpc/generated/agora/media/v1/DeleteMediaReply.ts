// Original file: proto/media.proto


export interface DeleteMediaReply {
  'id'?: (string);
}

export interface DeleteMediaReply__Output {
  'id': (string);
}
