//! The database: SQLite or Postgres, by the scheme of the URL; everything after that is the same.

use std::{pin::Pin, time::Duration};

use sqlx::{
    AnyPool, Executor,
    any::{AnyPoolOptions, install_default_drivers},
    error::BoxDynError,
    migrate::{MigrateError, Migration, MigrationSource, MigrationType, Migrator},
};

use crate::{
    db_error::DbError,
    page::Page,
    user::{Profile, User},
};

/// For a connection to be free, or for a database that is gone to be there again.
const PATIENCE: Duration = Duration::from_secs(5);

/// A pool of connections to a database whose tables are there.
#[derive(Debug, Clone)]
pub(crate) struct Db {
    pool: AnyPool,
}

type Row = (i64, String, String, i64);

fn user((id, name, email, version): Row) -> User {
    User {
        id,
        profile: Profile { name, email },
        version,
    }
}

impl Db {
    /// Connects, and brings the tables up to date.
    ///
    /// # Errors
    ///
    /// When there is no such database, or its tables were changed by somebody else.
    pub(crate) async fn connect(url: &str) -> Result<Self, MigrateError> {
        install_default_drivers();
        let is_sqlite = url.starts_with("sqlite:");
        let pool = AnyPoolOptions::new()
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    // As long as SQLite waits for a lock by default; Postgres waits without end.
                    if !is_sqlite {
                        connection.execute("SET lock_timeout = '5s'").await?;
                    }
                    Ok(())
                })
            })
            .connect(url)
            .await?;
        let migrations = if is_sqlite {
            Migrations([include_str!("../migrations/sqlite/0001_users.sql")])
        } else {
            Migrations([include_str!("../migrations/postgres/0001_users.sql")])
        };
        Migrator::new(migrations).await?.run(&pool).await?;
        Ok(Self { pool })
    }

    /// A page of the users, and how many there are.
    pub(crate) async fn users(&self, page: Page) -> Result<(Vec<User>, i64), DbError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, name, email, version FROM users ORDER BY id LIMIT $1 OFFSET $2",
        )
        .bind(page.limit())
        .bind(page.offset())
        .fetch_all(&self.pool)
        .await?;
        Ok((rows.into_iter().map(user).collect(), self.count().await?))
    }

    /// How many users there are.
    pub(crate) async fn count(&self) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar("SELECT COUNT(*) FROM users")
            .fetch_one(&self.pool)
            .await
    }

    /// The user with this id.
    pub(crate) async fn user(&self, id: i64) -> Result<Option<User>, DbError> {
        let row = sqlx::query_as("SELECT id, name, email, version FROM users WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(user))
    }

    /// Adds a user.
    pub(crate) async fn insert(&self, profile: &Profile) -> Result<User, DbError> {
        let row = sqlx::query_as(
            "INSERT INTO users (name, email) VALUES ($1, $2) RETURNING id, name, email, version",
        )
        .bind(&profile.name)
        .bind(&profile.email)
        .fetch_one(&self.pool)
        .await?;
        Ok(user(row))
    }

    /// Changes a user that still has this version; `None` when it has not.
    pub(crate) async fn update(
        &self,
        id: i64,
        version: i64,
        profile: &Profile,
    ) -> Result<Option<User>, DbError> {
        let row = sqlx::query_as(
            "UPDATE users SET name = $1, email = $2, version = version + 1 \
             WHERE id = $3 AND version = $4 RETURNING id, name, email, version",
        )
        .bind(&profile.name)
        .bind(&profile.email)
        .bind(id)
        .bind(version)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(user))
    }

    /// Removes a user that still has this version; `false` when it has not.
    pub(crate) async fn delete(&self, id: i64, version: i64) -> Result<bool, DbError> {
        let result = sqlx::query("DELETE FROM users WHERE id = $1 AND version = $2")
            .bind(id)
            .bind(version)
            .execute(&self.pool)
            .await?;
        Ok(result.rows_affected() == 1)
    }
}

/// SQL that is compiled in; one text for each step since the first version.
#[derive(Debug)]
struct Migrations<const N: usize>([&'static str; N]);

impl<const N: usize> MigrationSource<'static> for Migrations<N> {
    fn resolve(
        self,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<Migration>, BoxDynError>> + Send + 'static>> {
        let migrations = (1..)
            .zip(self.0)
            .map(|(version, sql)| {
                let kind = MigrationType::Simple;
                Migration::new(version, "compiled in".into(), kind, sql.into(), false)
            })
            .collect();
        Box::pin(std::future::ready(Ok(migrations)))
    }
}
