//! The posts, which know nothing of HTTP, and what their errors mean to a client.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tower_api_routes::ApiError;

/// The number of a post; no other number of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(transparent)]
pub(crate) struct PostId(pub(crate) u32);

/// Whether a post can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    #[default]
    Draft,
    Published,
}

/// What a client sends.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPost {
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(default)]
    pub(crate) status: Status,
}

/// What a client gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Post {
    pub(crate) id: PostId,
    pub(crate) title: String,
    pub(crate) tags: Vec<String>,
    pub(crate) status: Status,
}

/// Why a request for posts fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PostError {
    NotFound(PostId),
    NoTitle,
    TitleTaken,
}

/// What `?` in a handler makes of it.
impl From<PostError> for ApiError {
    fn from(error: PostError) -> Self {
        match error {
            PostError::NotFound(PostId(id)) => Self::not_found(format!("there is no post {id}")),
            PostError::NoTitle => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "the title of a post must not be empty",
            ),
            PostError::TitleTaken => Self::new(
                StatusCode::CONFLICT,
                "there is a post of this title already",
            ),
        }
    }
}

/// All posts, in memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Posts(Arc<Mutex<BTreeMap<PostId, Post>>>);

impl Posts {
    /// The posts of this status, or all, with this tag.
    pub(crate) fn find(&self, status: Option<Status>, tag: Option<&str>) -> Vec<Post> {
        self.with(|posts| {
            posts
                .values()
                .filter(|post| status.is_none_or(|status| post.status == status))
                .filter(|post| tag.is_none_or(|tag| post.tags.iter().any(|it| it == tag)))
                .cloned()
                .collect()
        })
    }

    pub(crate) fn get(&self, id: PostId) -> Result<Post, PostError> {
        self.with(|posts| posts.get(&id).cloned().ok_or(PostError::NotFound(id)))
    }

    pub(crate) fn add(&self, new: NewPost) -> Result<Post, PostError> {
        self.with(|posts| {
            let id = PostId(posts.keys().last().map_or(1, |PostId(last)| last + 1));
            put(posts, id, new)
        })
    }

    pub(crate) fn replace(&self, id: PostId, new: NewPost) -> Result<Post, PostError> {
        self.with(|posts| {
            if !posts.contains_key(&id) {
                return Err(PostError::NotFound(id));
            }
            put(posts, id, new)
        })
    }

    fn with<T>(&self, f: impl FnOnce(&mut BTreeMap<PostId, Post>) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn put(posts: &mut BTreeMap<PostId, Post>, id: PostId, new: NewPost) -> Result<Post, PostError> {
    if new.title.trim().is_empty() {
        return Err(PostError::NoTitle);
    }
    let is_taken = |post: &Post| post.id != id && post.title == new.title;
    if posts.values().any(is_taken) {
        return Err(PostError::TitleTaken);
    }
    let post = Post {
        id,
        title: new.title,
        tags: new.tags,
        status: new.status,
    };
    posts.insert(id, post.clone());
    Ok(post)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled(title: &str) -> NewPost {
        NewPost {
            title: title.to_owned(),
            tags: Vec::new(),
            status: Status::Draft,
        }
    }

    #[test]
    fn a_title_is_needed_and_taken_once() {
        let posts = Posts::default();
        assert_eq!(posts.add(titled(" ")), Err(PostError::NoTitle));
        let first = posts.add(titled("first")).unwrap();
        assert_eq!(posts.add(titled("first")), Err(PostError::TitleTaken));
        let second = posts.add(titled("second")).unwrap();
        assert_eq!((first.id, second.id), (PostId(1), PostId(2)));
        assert_eq!(
            posts.replace(second.id, titled("first")),
            Err(PostError::TitleTaken)
        );
        assert!(posts.replace(second.id, titled("second")).is_ok());
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        let posts = Posts::default();
        let id = PostId(7);
        assert_eq!(posts.get(id), Err(PostError::NotFound(id)));
        assert_eq!(
            posts.replace(id, titled("new")),
            Err(PostError::NotFound(id))
        );
    }
}
