//! The posts of the blog, in memory.

use std::sync::{PoisonError, RwLock};

use async_graphql::SimpleObject;

/// A post.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Post {
    id: u64,
    title: String,
    body: String,
}

/// All posts, from the oldest to the newest; the id of a post is its place, from 1.
#[derive(Debug, Default)]
pub(crate) struct Posts {
    posts: RwLock<Vec<Post>>,
}

impl Posts {
    pub(crate) fn newest(&self, count: usize) -> Vec<Post> {
        let posts = self.posts.read().unwrap_or_else(PoisonError::into_inner);
        posts.iter().rev().take(count).cloned().collect()
    }

    pub(crate) fn get(&self, id: u64) -> Option<Post> {
        let posts = self.posts.read().unwrap_or_else(PoisonError::into_inner);
        let index = usize::try_from(id.checked_sub(1)?).ok()?;
        posts.get(index).cloned()
    }

    pub(crate) fn add(&self, title: String, body: String) -> Post {
        let mut posts = self.posts.write().unwrap_or_else(PoisonError::into_inner);
        let id = posts.len() as u64 + 1;
        let post = Post { id, title, body };
        posts.push(post.clone());
        post
    }
}
