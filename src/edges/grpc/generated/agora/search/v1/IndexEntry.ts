// Original file: proto/search.proto


export interface IndexEntry {
  'type'?: (string);
  'id'?: (string);
}

export interface IndexEntry__Output {
  'type': (string);
  'id': (string);
}
