//! What went wrong with the database, and what the client is told of it.

use axum::http::{HeaderValue, StatusCode, header};
use sqlx::error::DatabaseError;
use tower_api_routes::ApiError;

/// An error of the database. In a handler, `?` makes the answer of it.
#[derive(Debug)]
pub(crate) struct DbError(sqlx::Error);

/// Somebody else has held a lock for too long: SQLITE_BUSY, and `lock_not_available` of Postgres.
const LOCKED: [&str; 2] = ["5", "55P03"];

impl DbError {
    /// Whether the address is somebody else's.
    pub(crate) fn is_taken(&self) -> bool {
        let error = self.0.as_database_error();
        error.is_some_and(DatabaseError::is_unique_violation)
    }

    /// Whether nothing was done, and may be done a moment later. A connection that broke is not among them: what was sent over
    /// it may have been carried out.
    fn is_unavailable(&self) -> bool {
        match &self.0 {
            sqlx::Error::PoolTimedOut => true,
            sqlx::Error::Database(error) => {
                error.code().is_some_and(|code| LOCKED.contains(&&*code))
            }
            _ => false,
        }
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        Self(error)
    }
}

impl From<DbError> for ApiError {
    /// 503 with `Retry-After` where that helps, and 500 otherwise; the cause is logged.
    fn from(error: DbError) -> Self {
        if !error.is_unavailable() {
            return Self::internal(error.0);
        }
        Self::from_status(StatusCode::SERVICE_UNAVAILABLE)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
            .with_source(error.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_may_be_sent_again_only_where_nothing_was_done() {
        let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        for (error, status, retry) in [
            (sqlx::Error::PoolTimedOut, 503, Some("1")),
            (sqlx::Error::Io(broken), 500, None),
            (sqlx::Error::RowNotFound, 500, None),
        ] {
            let error = ApiError::from(DbError::from(error));
            assert_eq!(error.status(), status);
            let header = error.headers().get(header::RETRY_AFTER);
            assert_eq!(header.map(|it| it.to_str().unwrap()), retry);
        }
    }
}
