// Original file: proto/post.proto


export interface UpdatePostRequest {
  'id'?: (string);
  'content'?: (string);
  'mediaIds'?: (string)[];
  'mediaUrls'?: (string)[];
  'clear'?: (string)[];
  '_id'?: "id";
  '_content'?: "content";
}

export interface UpdatePostRequest__Output {
  'id'?: (string);
  'content'?: (string);
  'mediaIds': (string)[];
  'mediaUrls': (string)[];
  'clear': (string)[];
}
