//! A schema of its own for each test, so that tests do not see each other's users.

use std::{
    env, process,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{AnyConnection, Connection, any::install_default_drivers};

/// An empty schema of the database that `DATABASE_URL` names; removed when dropped.
pub(crate) struct Schema {
    database: String,
    name: String,
}

impl Schema {
    /// `None`, with a note in the output, when `DATABASE_URL` names no Postgres.
    pub(crate) async fn create() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let url = env::var("DATABASE_URL").unwrap_or_default();
        if !url.starts_with("postgres") {
            eprintln!("SKIPPED on Postgres: DATABASE_URL names none");
            return None;
        }
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let schema = Self {
            database: url,
            name: format!("rest_{}_{count}", process::id()),
        };
        let sql = format!("CREATE SCHEMA {}", schema.name);
        execute(&schema.database, &sql).await;
        Some(schema)
    }

    /// The URL of the database, with this schema in place of `public`.
    pub(crate) fn url(&self) -> String {
        let Self { database, name } = self;
        let separator = if database.contains('?') { '&' } else { '?' };
        format!("{database}{separator}options[search_path]={name}")
    }
}

async fn execute(database: &str, sql: &str) {
    install_default_drivers();
    let mut connection = AnyConnection::connect(database).await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

impl Drop for Schema {
    /// On a thread of its own: a test that waits in its runtime cannot wait in another one.
    fn drop(&mut self) {
        let sql = format!("DROP SCHEMA {} CASCADE", self.name);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Runtime::new().unwrap();
                runtime.block_on(execute(&self.database, &sql));
            });
        });
    }
}
