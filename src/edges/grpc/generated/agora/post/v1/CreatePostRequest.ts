// Original file: proto/post.proto


export interface CreatePostRequest {
  'content'?: (string);
  'mediaIds'?: (string)[];
  'mediaUrls'?: (string)[];
  '_content'?: "content";
}

export interface CreatePostRequest__Output {
  'content'?: (string);
  'mediaIds': (string)[];
  'mediaUrls': (string)[];
}
