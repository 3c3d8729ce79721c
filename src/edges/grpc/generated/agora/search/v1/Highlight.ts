// Original file: proto/search.proto


export interface _agora_search_v1_Highlight_Range {
  'start'?: (number);
  'end'?: (number);
}

export interface _agora_search_v1_Highlight_Range__Output {
  'start': (number);
  'end': (number);
}

export interface Highlight {
  'field'?: (string);
  'ranges'?: (_agora_search_v1_Highlight_Range)[];
}

export interface Highlight__Output {
  'field': (string);
  'ranges': (_agora_search_v1_Highlight_Range__Output)[];
}
