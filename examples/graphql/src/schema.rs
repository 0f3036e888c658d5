//! What clients can ask for.

use async_graphql::{Context, EmptySubscription, InputObject, Object, Result, Schema};

use crate::posts::{Post, Posts};

/// The schema with its data: the state of the route files.
pub(crate) type Blog = Schema<Query, Mutation, EmptySubscription>;

/// The blog with one post.
pub(crate) fn blog() -> Blog {
    let posts = Posts::default();
    posts.add("Hello".to_owned(), "The first post.".to_owned());
    Schema::build(Query, Mutation, EmptySubscription)
        .data(posts)
        // A query costs the server more than it costs the client.
        .limit_depth(10)
        .limit_complexity(200)
        .finish()
}

pub(crate) struct Query;

#[Object]
impl Query {
    /// The newest posts, at most 100.
    async fn posts(
        &self,
        context: &Context<'_>,
        #[graphql(default = 10, validator(minimum = 1, maximum = 100))] first: usize,
    ) -> Result<Vec<Post>> {
        Ok(context.data::<Posts>()?.newest(first))
    }

    /// One post.
    async fn post(&self, context: &Context<'_>, id: u64) -> Result<Option<Post>> {
        Ok(context.data::<Posts>()?.get(id))
    }
}

/// What a post is made of.
#[derive(InputObject)]
struct NewPost {
    #[graphql(validator(min_length = 1, max_length = 100))]
    title: String,
    #[graphql(default)]
    body: String,
}

pub(crate) struct Mutation;

#[Object]
impl Mutation {
    /// Adds a post.
    async fn add_post(&self, context: &Context<'_>, post: NewPost) -> Result<Post> {
        Ok(context.data::<Posts>()?.add(post.title, post.body))
    }
}
