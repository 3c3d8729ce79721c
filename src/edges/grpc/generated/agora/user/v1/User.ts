// Original file: proto/user.proto

import type { Rating as _agora_user_v1_Rating, Rating__Output as _agora_user_v1_Rating__Output } from '../../../agora/user/v1/Rating.ts';

export interface _agora_user_v1_User_ResponseTime {
  'seconds'?: (number);
  'conversations'?: (number);
}

export interface _agora_user_v1_User_ResponseTime__Output {
  'seconds': (number);
  'conversations': (number);
}

export interface _agora_user_v1_User_Seller {
  'displayName'?: (string);
  'about'?: (string);
  '_about'?: "about";
}

export interface _agora_user_v1_User_Seller__Output {
  'displayName': (string);
  'about'?: (string);
}

export interface User {
  'userId'?: (string);
  'username'?: (string);
  'private'?: (boolean);
  'name'?: (string);
  'bio'?: (string);
  'avatarMediaId'?: (string);
  'privacy'?: (string);
  'seller'?: (_agora_user_v1_User_Seller | null);
  'followers'?: (number);
  'following'?: (number);
  'createdAt'?: (string);
  'rating'?: (_agora_user_v1_Rating | null);
  'ordersDone'?: (number);
  'responseTime'?: (_agora_user_v1_User_ResponseTime | null);
  '_name'?: "name";
  '_bio'?: "bio";
  '_avatarMediaId'?: "avatarMediaId";
  '_privacy'?: "privacy";
  '_followers'?: "followers";
  '_following'?: "following";
  '_createdAt'?: "createdAt";
  '_ordersDone'?: "ordersDone";
}

export interface User__Output {
  'userId': (string);
  'username': (string);
  'private': (boolean);
  'name'?: (string);
  'bio'?: (string);
  'avatarMediaId'?: (string);
  'privacy'?: (string);
  'seller': (_agora_user_v1_User_Seller__Output | null);
  'followers'?: (number);
  'following'?: (number);
  'createdAt'?: (string);
  'rating': (_agora_user_v1_Rating__Output | null);
  'ordersDone'?: (number);
  'responseTime': (_agora_user_v1_User_ResponseTime__Output | null);
}
