//! What the routes work on.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::extract::FromRef;
use serde::Serialize;

/// The state of the application, of which a handler or a layer takes the part that it needs.
#[derive(Clone, Debug, Default, FromRef)]
pub struct AppState {
    /// Who may log in.
    pub users: Users,
    /// What they wrote.
    pub notes: Notes,
}

/// A user, as the handlers behind the login are given it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct User {
    /// Unique.
    pub name: String,
}

/// The users, by name, with their passwords.
///
/// It stands for a database: every look-up is asynchronous and may fail.
#[derive(Clone, Debug, Default)]
pub struct Users {
    passwords: Arc<Mutex<HashMap<String, String>>>,
}

impl Users {
    /// Adds a user.
    pub fn add(&self, name: &str, password: &str) {
        lock(&self.passwords).insert(name.to_owned(), password.to_owned());
    }

    /// Removes a user, whose sessions are worth nothing from then on.
    pub fn remove(&self, name: &str) {
        lock(&self.passwords).remove(name);
    }

    /// The user of this name.
    ///
    /// # Errors
    ///
    /// Where the database cannot be asked: for the name `broken`.
    pub async fn find(&self, name: &str) -> Result<Option<User>, std::io::Error> {
        tokio::task::yield_now().await;
        if name == "broken" {
            return Err(std::io::Error::other("the database is gone"));
        }
        let is_known = lock(&self.passwords).contains_key(name);
        Ok(is_known.then(|| User {
            name: name.to_owned(),
        }))
    }

    /// The user of this name and password.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub async fn check(&self, name: &str, password: &str) -> Result<Option<User>, std::io::Error> {
        let user = self.find(name).await?;
        let is_right = lock(&self.passwords)
            .get(name)
            .is_some_and(|it| it == password);
        Ok(user.filter(|_| is_right))
    }
}

/// The notes of all users.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    by_user: Arc<Mutex<HashMap<String, Vec<String>>>>,
}

impl Notes {
    /// Adds a note; its number.
    pub fn add(&self, user: &User, text: String) -> usize {
        let mut notes = lock(&self.by_user);
        let notes = notes.entry(user.name.clone()).or_default();
        notes.push(text);
        notes.len() - 1
    }

    /// The notes of a user.
    #[must_use]
    pub fn of(&self, user: &User) -> Vec<String> {
        lock(&self.by_user)
            .get(&user.name)
            .cloned()
            .unwrap_or_default()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
