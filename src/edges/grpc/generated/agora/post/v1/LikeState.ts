// Original file: proto/post.proto


export interface LikeState {
  'liked'?: (boolean);
  'likeCount'?: (number);
}

export interface LikeState__Output {
  'liked': (boolean);
  'likeCount': (number);
}
